"""Prints tables on standard output, with sizes in decimal units."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.filesize import decimal
from rich.markup import escape
from rich.table import Table

from layer_cli.output.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_PLAIN_WIDTH = 1000
"""Width if standard output is no terminal: a program may read whole lines, so none is cut or wrapped."""

_NARROWEST = 60
_NARROWEST_NAME = 12

MARKS = {
    "added": "[green]added[/]",
    "removed": "[red]removed[/]",
    "moved": "[yellow]moved[/]",
    "changed": "[yellow]changed[/]",
}
"""Each kind of change, in colour."""


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
    """Print a table. Cells are text in rich's markup.

    :param total: a last row, separated from the others.
    :param left: number of text columns. They come first and are left-aligned; the others hold numbers.
    :param folded: the column whose cells are wrapped if the terminal is too narrow.
    :param wrapped: other columns that are wrapped, such as sentences.
    :param optional: columns to leave out, one after the other, until the table fits the terminal.
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
    """Return a number of bytes as text in decimal units, as in the AWS console; ``-`` for ``None``."""
    return "-" if count is None else decimal(count)


def size_change(before: int | None, after: int | None) -> str:
    """Return the difference of two sizes with its sign; ``-`` if one of them is not known."""
    if before is None or after is None:
        return "-"
    return f"{'-' if after < before else '+'}{size(abs(after - before))}" if after != before else "="


def share(part: float) -> str:
    """Return a fraction as a percentage."""
    return f"{part:.1%}" if part >= 0.001 or part == 0 else "<0.1%"


def plural(count: int, noun: str) -> str:
    """Return a count with its noun."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def escaped(text: str) -> str:
    """Return text for a cell, with rich's markup and control characters escaped. Names may contain anything."""
    return escape(visible(text))


def _console() -> Console:
    width = max(_NARROWEST, shutil.get_terminal_size().columns) if sys.stdout.isatty() else _PLAIN_WIDTH
    return Console(width=width, highlight=False, emoji=False)
