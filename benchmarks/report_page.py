"""Renders the results as one HTML page that loads nothing."""

from html import escape

from benchmarks.bar_chart import Bar, bar_chart
from benchmarks.goals import goals_of
from benchmarks.results import Builds, Results, Series, SetResults
from benchmarks.tables import build_table, goal_table, link_table

_STYLE = """
:root { color-scheme: light dark; --ours: #1a7f5a; --other: #8a94a6; --line: #8884 }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; margin: 1rem 0; font-size: 14px; display: block; overflow-x: auto }
th, td { padding: .25rem .7rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap }
th:first-child, td:first-child { text-align: left }
svg { width: 100%; height: auto; font: 13px system-ui, sans-serif; fill: currentColor }
.ours { fill: var(--ours) } .other { fill: var(--other) }
.note { opacity: .75 }
"""


def report_page(results: Results) -> str:
    """Return the page: the goals, then each set with charts of times, memory and imports."""
    programs = ", ".join(f"{name} {version}" for name, version in results.programs.items())
    parts = [
        "<h1>Building a layer, side by side</h1>",
        f"<p>{_e(str(results.machine))}. For {_e(results.runtime)} on {_e(results.architecture)}. {_e(programs)}.<br>"
        f"{results.repeat} repetitions in turns, {_e(results.began)}; medians of whole processes. No tool had a "
        "cache unless its name says so.</p>",
        *(f'<p class="note">Not measured: {_e(name)}: {_e(why)}.</p>' for name, why in results.left_out.items()),
        "<h2>Goals</h2>",
        _table(*goal_table(goals_of(results))),
        "<h2>Seconds to a finished archive</h2>",
        _table(*build_table(results)),
        "<h2>The link</h2>",
        _table(*link_table(results)),
        *(part for found in results.sets for part in _set_parts(found)),
    ]
    head = f'<meta charset="utf-8"><title>Building a layer, side by side</title><style>{_STYLE}</style>'
    body = "\n".join(parts)
    return f'<!doctype html>\n<html lang="en"><head>{head}</head><body>\n{body}\n</body></html>\n'


def _set_parts(found: SetResults) -> list[str]:
    parts = [
        f"<h2>{_e(found.name)}</h2>",
        f"<p>{_e(', '.join(found.requirements))}: {found.wheels} wheels, {found.wheel_bytes / 1e6:.1f} MB.</p>",
        "<h3>Seconds to the archive</h3>",
        bar_chart(f"Seconds to the archive, {found.name}", _bars(found, found.builds)),
        "<h3>Peak memory</h3>",
        bar_chart(f"Peak memory, {found.name}", _memory_bars(found)),
    ]
    if any(series.seconds for series in found.imports.values()):
        parts += [
            "<h3>Seconds to import</h3>",
            bar_chart(f"Seconds to import, {found.name}", _bars(found, found.imports)),
        ]
    parts += [
        f'<p class="note">{_e(found.builds[name].label)} took other versions of {_e(", ".join(packages))}.</p>'
        for name, packages in found.other_versions().items()
    ]
    parts += [
        f'<p class="note">{_e(one.label)}: {_e(one.failure)}.</p>' for one in found.builds.values() if one.failure
    ]
    return parts


def _bars(found: SetResults, measured: dict[str, Series] | dict[str, Builds]) -> tuple[Bar, ...]:
    ours = {name for name, builds in found.builds.items() if builds.is_ours}
    return tuple(
        Bar(name=one.label, value=one.median, text=f"{one.median:.2f} s", is_ours=name in ours)
        for name, one in measured.items()
        if one.median is not None
    )


def _memory_bars(found: SetResults) -> tuple[Bar, ...]:
    return tuple(
        Bar(name=one.label, value=one.memory, text=f"{one.memory / 1e6:.0f} MB", is_ours=one.is_ours)
        for one in found.builds.values()
        if one.memory is not None
    )


def _table(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    head = "".join(f"<th>{_e(column)}</th>" for column in columns)
    body = "\n".join(f"<tr>{''.join(f'<td>{_e(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table>"


def _e(text: str) -> str:
    return escape(text)
