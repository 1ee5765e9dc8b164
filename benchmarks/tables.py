"""Renders the results as tables of text, for the terminal and for the page."""

from benchmarks.goals import Goal, arrival_seconds
from benchmarks.results import Results, quotient

Table = tuple[tuple[str, ...], list[tuple[str, ...]]]
"""Columns and rows."""

_NOTHING = "-"


def goal_table(goals: tuple[Goal, ...]) -> Table:
    """Return each goal, the measured value, and whether it is reached."""
    verdicts = {True: "yes", False: "no", None: _NOTHING}
    rows: list[tuple[str, ...]] = [
        (goal.what, f"{goal.bound} {goal.wanted:g} {goal.unit}".strip(), _figure(goal), verdicts[goal.is_reached])
        for goal in goals
    ]
    return ("goal", "wanted", "measured", "reached"), rows


def build_table(results: Results) -> Table:
    """Return the seconds of each tool for each set, and the ratio to our build without a cache."""
    labels = {name: one.label for found in results.sets for name, one in found.builds.items()}
    rows = []
    for name, label in labels.items():
        cells = []
        for found in results.sets:
            seconds, times = found.builds[name].median, found.ratio(name, "ours-cold")
            cells.append(_NOTHING if seconds is None else f"{seconds:.2f} s" + (f" ({times:.1f}x)" if times else ""))
        rows.append((label, *cells))
    answers = [found.warm_builder.median for found in results.sets]
    rows.append(
        (
            "ours, known key, builder that runs",
            *(_NOTHING if answer is None else f"{answer * 1000:.1f} ms" for answer in answers),
        )
    )
    return ("", *(found.name for found in results.sets)), rows


def import_table(results: Results) -> Table:
    """Return the import seconds of each layer, and the ratio to the layer without bytecode."""
    labels = {name: one.label for found in results.sets for name, one in found.imports.items()}
    rows = []
    for name, label in labels.items():
        cells = []
        for found in results.sets:
            seconds = found.imports[name].median if name in found.imports else None
            part = found.import_ratio(name, "ours-lock")
            cells.append(_NOTHING if seconds is None else f"{seconds:.3f} s" + (f" ({part:.2f})" if part else ""))
        rows.append((label, *cells))
    return ("import", *(found.name for found in results.sets)), rows


def memory_table(results: Results) -> Table:
    """Return the peak memory of each tool for each set."""
    labels = {name: one.label for found in results.sets for name, one in found.builds.items()}
    rows = []
    for name, label in labels.items():
        sizes = [found.builds[name].memory for found in results.sets]
        rows.append((label, *(_NOTHING if size is None else f"{size / 1e6:.0f} MB" for size in sizes)))
    return ("peak memory", *(found.name for found in results.sets)), rows


def link_table(results: Results) -> Table:
    """Return the limits of the real link and of the shaped link, and the seconds of a build from a lock there."""
    rows: list[tuple[str, ...]] = []
    for found in results.sets:
        transfer = found.shaped_transfer.median
        share = quotient(found.shaped_limit_seconds, transfer)
        rows.append(
            (
                found.name,
                f"{found.wheel_bytes / 1e6:.1f} MB",
                _seconds(found.link.median),
                _seconds(found.shaped_limit_seconds),
                _seconds(transfer) + (f" ({share:.0%})" if share else ""),
                _seconds(arrival_seconds(found)),
                _seconds(found.shaped.median),
            )
        )
    shaped = f"{results.bytes_per_second / 1e6:.0f} MB/s"
    columns = (
        "set",
        "wheels",
        "this link",
        f"limit at {shaped}",
        f"our download at {shaped}",
        f"until laid out at {shaped}",
        f"our build at {shaped}",
    )
    return columns, rows


def _seconds(value: float | None) -> str:
    return _NOTHING if value is None else f"{value:.2f} s"


def _figure(goal: Goal) -> str:
    return _NOTHING if goal.measured is None else f"{goal.measured:.2f} {goal.unit}".strip()
