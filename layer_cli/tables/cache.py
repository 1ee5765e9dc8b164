"""The table of ``cache info``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from layer_cli.output.tables import plural, print_table, size

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


def print_kept(folder: Path, parts: Mapping[str, Sequence[int]], bound: int) -> None:
    """Print what a cache folder holds on standard output.

    :param parts: the sizes of the files in each part of the folder, in bytes.
    :param bound: the most bytes that the folder may hold.
    """
    rows = [(name, f"{len(sizes):,}", size(sum(sizes))) for name, sizes in sorted(parts.items())]
    count, total = sum(map(len, parts.values())), sum(map(sum, parts.values()))
    print_table(("kept", "files", "size"), rows, total=("total", f"{count:,}", size(total)))
    click.echo(f"{folder}: {plural(count, 'file')}, at most {size(bound)}")
