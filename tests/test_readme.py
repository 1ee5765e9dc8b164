"""Runs what the README shows."""

import json
import re
import statistics
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import components
from benchmarks.goals import GOALS_SET, arrival_seconds, goals_of
from benchmarks.how_fast import ALL, PICTURE, SHOWN, full_tables, picture, readme_section
from benchmarks.report_page import report_page
from benchmarks.results import Results
from tests.conftest import RecordingEngine

ROOT = Path(__file__).parent.parent
RESULTS = Results.from_json((ROOT / "benchmarks" / "results.json").read_text())


def test_the_example_of_the_readme_publishes_its_layers(
    engine: RecordingEngine, monkeypatch: Any, tmp_path: Path
) -> None:
    code = tmp_path / "builder.zip"
    code.write_bytes(b"the builder's archive")
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert len(example.splitlines()) <= 20
    # The installed package is called python_layers. The archive of the builder is not built for this test.
    monkeypatch.setitem(sys.modules, "python_layers", components)
    example = example.replace(
        'runtimes=["python3.13"]', f'runtimes=["python3.13"], code=__import__("pathlib").Path("{code}")'
    )
    made = engine.deploy(lambda: exec(compile(example, "README.md", "exec"), {}))  # noqa: S102 - our own text
    versions = {name for name, resource in made.items() if resource.typ.endswith(":LayerReplica")}
    assert versions == {
        f"web-python313-{architecture}-{region}"
        for architecture in ("x86_64", "arm64")
        for region in ("eu-west-1", "us-east-1")
    }


def test_the_commands_of_the_readme_are_targets_of_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"`?make ([a-z-]+)(?:`|  )", (ROOT / "README.md").read_text()))
    assert {"up", "test", "down"} <= named <= targets


def section(page: str, heading: str) -> str:
    text = (ROOT / page).read_text().split(f"\n{heading}\n")[1]
    return text.split("\n## ")[0].strip("\n")


def test_the_section_how_fast_is_made_from_the_last_run() -> None:
    assert section("README.md", "## How fast") == readme_section(RESULTS)
    assert section("benchmarks/README.md", "## Figures") == full_tables(RESULTS)


def test_the_picture_and_the_report_are_made_from_the_last_run() -> None:
    assert (ROOT / PICTURE).read_text() == picture(RESULTS)
    assert (ROOT / "benchmarks" / "report.html").read_text() == report_page(RESULTS)


def test_the_figures_are_the_medians_of_the_repetitions() -> None:
    # Read without the code that makes the section: each cell is a median of results.json.
    sets = {one["name"]: one for one in json.loads((ROOT / "benchmarks" / "results.json").read_text())["sets"]}
    for page, heading, builds in (
        ("README.md", "## How fast", SHOWN),
        ("benchmarks/README.md", "## Figures", ALL),
    ):
        table = section(page, heading).split("| goal |")[0]
        header, _, *rows = [line.strip("|").split("|") for line in re.findall(r"^\|.*\|$", table, re.MULTILINE)]
        shown = {row[0].strip(): [cell.strip() for cell in row[1:]] for row in rows}
        assert shown == {
            label: [f"{statistics.median(sets[name.strip()]['builds'][build]['seconds']):.2f}" for name in header[1:]]
            for build, label in builds.items()
        }


def test_a_bar_of_the_picture_is_as_long_as_its_median() -> None:
    (found,) = (one for one in RESULTS.sets if one.name == GOALS_SET)
    bars = [
        float(bar.attrib["width"])
        for bar in ElementTree.fromstring((ROOT / PICTURE).read_text()).iter("{http://www.w3.org/2000/svg}rect")  # noqa: S314 # our own text
    ]
    medians = [statistics.median(found.builds[name].seconds) for name in SHOWN]
    assert bars == pytest.approx([max(bars) * median / max(medians) for median in medians], abs=0.1)


def test_the_notes_on_the_run_have_its_figures() -> None:
    notes = section("benchmarks/README.md", "## Notes on this run")
    (found,) = (one for one in RESULTS.sets if one.name == GOALS_SET)
    imports = {name: statistics.median(series.seconds) for name, series in found.imports.items()}
    assert f"{imports['ours-bytecode']:.2f} s from our layer with bytecode and {imports['pip']:.2f} s from pip" in notes
    assert f"{found.ratio('sam', 'ours-cold'):.1f} times as fast" in notes
    assert f"this run reached {found.ratio('pip', 'ours-slim'):.1f}" in notes
    assert f"with {RESULTS.repeat} repetitions" in notes
    memory = [one.builds["ours-lock"].memory or 0 for one in RESULTS.sets]
    assert f"Memory without bytecode is {min(memory) / 1e6:.0f} to {max(memory) / 1e6:.0f} MB for all sets" in notes
    missed = [goal.measured or 0 for goal in goals_of(RESULTS) if goal.unit == "MB" and not goal.is_reached]
    assert f"needs {min(missed):.0f} to {max(missed):.0f} MB" in notes
    shares = [
        found.shaped_limit_seconds / (seconds or 0)
        for seconds in (arrival_seconds(found), found.shaped_transfer.median, found.shaped.median)
    ]
    words = "it is {:.0%}, with {:.0%} for the download alone and {:.0%} for the whole process".format(*shares)
    assert words.replace("%", " %") in " ".join(notes.split())
