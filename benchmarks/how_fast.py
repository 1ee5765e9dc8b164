"""The section "How fast" of the README, and the tables of `benchmarks/README.md`, made from results."""

from collections.abc import Iterator, Sequence

from benchmarks.bar_chart import Bar, bar_chart
from benchmarks.goals import GOALS_SET, goals_of
from benchmarks.results import Results, SetResults
from benchmarks.tables import Table, goal_table

PICTURE = "benchmarks/how-fast.svg"
SHOWN_SETS = ("requests", "pandas", GOALS_SET)
SHOWN = {
    "ours-cold": "python-layers, from names",
    "ours-lock": "python-layers, from a lock",
    "ours-known": "python-layers, built before",
    "uv": "uv pip install --target, zip",
    "sam": "sam build, no zip",
    "pip": "pip install --target, zip",
    "serverless": "serverless-python-requirements",
}
"""The builds of the README, by name."""

ALL = {
    "ours-cold": "python-layers, from names",
    "ours-lock": "python-layers, from a lock",
    "ours-slim": "the same with bytecode, slimmed, no cache",
    "ours-seen": "the same, wheels in the cache",
    "ours-known": "the same, built before",
    "pip": "`pip install --target`, zip",
    "uv": "`uv pip install --target`, zip",
    "sam": "`sam build`, no zip",
    "serverless": "serverless-python-requirements",
}
"""The builds of the full table."""

_COLUMNS = ("requests", "fastapi", "boto3", "pandas", GOALS_SET, "at-the-limit")


def picture(results: Results) -> str:
    """Return an SVG file: seconds to an archive of one set, a bar for each tool."""
    found = _set(results, GOALS_SET)
    bars = tuple(
        Bar(name=label, value=seconds, text=f"{seconds:.2f} s", is_ours=found.builds[name].is_ours)
        for name, label in SHOWN.items()
        if (seconds := found.builds[name].median) is not None
    )
    return bar_chart(f"Seconds to a finished archive of {GOALS_SET}", bars, is_a_file=True) + "\n"


def readme_section(results: Results) -> str:
    """Return the section of the README: picture, three sentences and a small table."""
    large, small = _set(results, GOALS_SET), _set(results, "requests")
    times = {name: _times(large, name) for name in ("uv", "sam", "pip", "serverless")}
    sentences = (
        f"python-layers builds {GOALS_SET} from its name in {_seconds(large, 'ours-cold')} s without a cache; "
        f"`sam build` takes {times['sam']} times as long,",
        f"uv with zip {times['uv']}, pip with zip {times['pip']} and serverless-python-requirements "
        f"{times['serverless']} times as long.",
        f"A layer that was built before takes {_seconds(large, 'ours-known')} s.",
        f"The smallest layers are bound by the start of Python: uv builds requests in {_seconds(small, 'uv')} s, "
        f"python-layers in {_seconds(small, 'ours-cold')} s.",
    )
    image = f"![Seconds to a finished archive of {GOALS_SET}]({PICTURE})"
    return "\n".join((image, "", *sentences, "", *_markdown(_build_table(results, SHOWN, SHOWN_SETS))))


def full_tables(results: Results) -> str:
    """Return the part of `benchmarks/README.md` with all medians and with the goals that were not reached."""
    columns, rows = goal_table(goals_of(results))
    missed = _markdown((columns[:-1], [row[:-1] for row in rows if row[-1] == "no"]))
    builds = _markdown(_build_table(results, ALL, _COLUMNS))
    return "\n".join((*builds, "", "Goals that this run did not reach:", "", *missed))


def replaced(text: str, heading: str, section: str) -> str:
    """Return a Markdown text with another content below a heading of the second level."""
    before, rest = text.split(f"\n{heading}\n", 1)
    _, found, after = rest.partition("\n## ")
    return f"{before}\n{heading}\n\n{section}\n{found}{after}"


def _build_table(results: Results, labels: dict[str, str], sets: Sequence[str]) -> Table:
    rows = [(label, *(_seconds(_set(results, one), name) for one in sets)) for name, label in labels.items()]
    return (f"seconds, medians of {results.repeat}", *sets), [tuple(row) for row in rows]


def _markdown(table: Table) -> Iterator[str]:
    columns, rows = table
    yield f"| {' | '.join(columns)} |"
    yield "|---" * len(columns) + "|"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _set(results: Results, name: str) -> SetResults:
    return next(found for found in results.sets if found.name == name)


def _seconds(found: SetResults, name: str) -> str:
    median = found.builds[name].median
    return "-" if median is None else f"{median:.2f}"


def _times(found: SetResults, name: str) -> str:
    ratio = found.ratio(name, "ours-cold")
    return "-" if ratio is None else f"{ratio:.1f}" if ratio < 10 else f"{ratio:.0f}"
