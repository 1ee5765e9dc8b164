"""The table of ``lock``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from layer_cli.output.tables import MARKS, escaped, plural, print_table
from layer_cli.output.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder_lambda.inspection.package_changes import PackageChange
    from layer_cli.work.written_lock import WrittenLock


def print_lock(written: WrittenLock) -> None:
    """Print a written lock on standard output."""
    print_table(("package", "version", ""), _rows(written), left=3)
    kinds = [change.kind for change in written.changes]
    counts = [f"{kinds.count(kind)} {kind}" for kind in ("added", "removed", "moved", "changed") if kind in kinds]
    if not written.is_new:
        counts.append(f"{len(written.packages) - len(kinds) + kinds.count('removed')} unchanged")
    target = str(written.target)
    what = plural(len(written.packages), "package")
    packages = what if written.is_new else f"{what} ({', '.join(counts)})"
    click.echo(f"{visible(str(written.output))}: {target}, {packages}, {written.seconds['total']:.2f} s")


def _rows(written: WrittenLock) -> Iterator[tuple[str, ...]]:
    changes = {} if written.is_new else {change.name: change for change in written.changes}
    removed = {name: "" for name in changes if name not in written.packages}
    for name, version in sorted({**written.packages, **removed}.items()):
        yield escaped(name), escaped(version or "-"), _change(changes.get(name))


def _change(change: PackageChange | None) -> str:
    if change is None:
        return ""
    was = f", was {escaped(change.before.version)}" if change.before is not None and change.kind != "changed" else ""
    return f"{MARKS[change.kind]}{was}"
