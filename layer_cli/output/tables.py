"""Tables on standard output, sizes in units that people read."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.filesize import decimal
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_PLAIN_WIDTH = 1000
"""Off a terminal nothing is cut or wrapped: what reads it may look for lines."""

_NARROWEST = 60
_NARROWEST_NAME = 12

MARKS = {
    "added": "[green]added[/]",
    "removed": "[red]removed[/]",
    "moved": "[yellow]moved[/]",
    "changed": "[yellow]changed[/]",
}
"""How a kind of change is shown."""


def print_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    total: Sequence[str] = (),
    left: int = 1,
    folded: int = 0,
    wrapped: Sequence[int] = (),
    optional: Sequence[str] = (),
) -> None:
    """Print a table; cells are text in rich's markup.

    :param total: a last row, set off from the others.
    :param left: how many columns are of text; the others are of numbers.
    :param folded: the column whose cells go over several lines where a terminal is too narrow.
    :param wrapped: other such columns, of sentences.
    :param optional: columns that are left out, the first of them first, while the terminal is too narrow.
    """
    console, cells, dropped = _console(), [columns, *rows, *([total] if total else [])], set[str]()
    for name in ("", *optional):
        if name:
            dropped.add(name)
        kept = [number for number, column in enumerate(columns) if column not in dropped]
        shown = [[row[number] for number in kept] for row in cells]
        table = _table(shown, kept, left=left, folded=folded, wrapped=wrapped, has_total=bool(total))
        if console.measure(table, options=console.options.update(width=_PLAIN_WIDTH)).maximum <= console.width:
            break
    console.print(table)


def _table(
    cells: Sequence[Sequence[str]],
    numbers: Sequence[int],
    *,
    left: int,
    folded: int,
    wrapped: Sequence[int],
    has_total: bool,
) -> Table:
    table = Table(
        box=SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        collapse_padding=True,
        show_footer=has_total,
        header_style="dim",
        footer_style="bold",
    )
    names, *rows = cells
    longest = max(len(row[numbers.index(folded)]) for row in cells)
    totals = rows.pop() if has_total else ["" for _ in names]
    for number, name, footer in zip(numbers, names, totals, strict=True):
        table.add_column(
            name,
            footer,
            justify="left" if number < left else "right",
            no_wrap=number != folded and number not in wrapped,
            min_width=min(_NARROWEST_NAME, longest) if number == folded else None,
            overflow="fold",
        )
    for row in rows:
        table.add_row(*row)
    return table


def size(count: int | None) -> str:
    """Return a number of bytes for people, in decimal units as AWS's console has them; ``-`` for none."""
    return "-" if count is None else decimal(count)


def size_change(before: int | None, after: int | None) -> str:
    """Return what a size grew by, with its sign; ``-`` if one of the two is not known."""
    if before is None or after is None:
        return "-"
    return f"{'-' if after < before else '+'}{size(abs(after - before))}" if after != before else "="


def share(part: float) -> str:
    """Return a part of 1 for people."""
    return f"{part:.1%}" if part >= 0.001 or part == 0 else "<0.1%"


def plural(count: int, noun: str) -> str:
    """Return a count with its noun."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def escaped(text: str) -> str:
    """Return text that came from outside, to stand in a cell as it is."""
    return escape(text)


def _console() -> Console:
    width = max(_NARROWEST, shutil.get_terminal_size().columns) if sys.stdout.isatty() else _PLAIN_WIDTH
    return Console(width=width, highlight=False, emoji=False)
