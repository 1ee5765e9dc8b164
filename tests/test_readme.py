"""What the README shows is run."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import components
from tests.conftest import RecordingEngine

ROOT = Path(__file__).parent.parent
SHOWN_AS = {
    "ours, names to archive": "ours-cold",
    "ours, lock to archive": "ours-lock",
    "ours, the same with bytecode, slimmed, first time": "ours-slim",
    "ours, the same, wheels seen before": "ours-seen",
    "ours, the same, built before": "ours-known",
    "`pip install --target`, zip": "pip",
    "`uv pip install --target`, zip": "uv",
    "`sam build`, no zip": "sam",
    "serverless-python-requirements": "serverless",
}
SHOWN = tuple(SHOWN_AS.values())


def test_the_example_of_the_readme_makes_what_it_says(
    engine: RecordingEngine, monkeypatch: Any, tmp_path: Path
) -> None:
    code = tmp_path / "builder.zip"
    code.write_bytes(b"the builder's archive")
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert len(example.splitlines()) <= 20
    # The package is called python_layers where it is installed; the builder's own archive is not made for this.
    monkeypatch.setitem(sys.modules, "python_layers", components)
    example = example.replace(
        'runtimes=["python3.13"]', f'runtimes=["python3.13"], code=__import__("pathlib").Path("{code}")'
    )
    made = engine.deploy(lambda: exec(compile(example, "README.md", "exec"), {}))  # noqa: S102 - our own text
    versions = {name for name, resource in made.items() if resource.typ == "aws:lambda/layerVersion:LayerVersion"}
    assert versions == {
        f"web-python313-{architecture}-{region}-version"
        for architecture in ("x86_64", "arm64")
        for region in ("eu-west-1", "us-east-1")
    }


def test_the_commands_of_the_readme_are_targets_of_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"`?make ([a-z]+)(?:`|  )", (ROOT / "README.md").read_text()))
    assert {"up", "test", "down"} <= named <= targets


def test_the_figures_of_the_readme_are_those_of_the_last_run() -> None:
    results = json.loads((ROOT / "benchmarks" / "results.json").read_text())
    medians = {
        found["name"]: {name: one["median"] for name, one in found["builds"].items()} for found in results["sets"]
    }
    section = (ROOT / "README.md").read_text().split("## How fast")[1].split("\n## ")[0]
    header, _, *rows = re.findall(r"^\|.*\|$", section, re.MULTILINE)
    sets = [cell.strip() for cell in header.split("|")[2:-1]]
    shown = {name: [f"{medians[one][name]:.2f}" for one in sets] for name in SHOWN}
    for row in rows:
        label, *cells = (cell.strip(" *") for cell in row.split("|")[1:-1])
        assert cells == shown.pop(SHOWN_AS[label]), label
    assert not shown
