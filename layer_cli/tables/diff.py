"""The table of ``diff``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from layer_cli.output.tables import MARKS, escaped, plural, print_table, size_change

if TYPE_CHECKING:
    from builder_lambda.inspection.package_changes import PackageChange, PackageSet, PackageState


def print_changes(changes: tuple[PackageChange, ...], old: PackageSet, new: PackageSet) -> None:
    """Print the differences between two sets of packages on standard output."""
    if not changes:
        click.echo(f"no difference in {plural(len(new.packages), 'package')}")
        return
    print_table(
        ("", "package", "A", "B", "packed", "unpacked"),
        (
            (
                MARKS[change.kind],
                escaped(change.name),
                escaped(_version(change.before)),
                escaped(_version(change.after)),
                size_change(*_pair(change, "size_bytes")),
                size_change(*_pair(change, "unpacked_bytes")),
            )
            for change in changes
        ),
        total=(
            "",
            "total",
            "",
            "",
            size_change(old.size_bytes, new.size_bytes),
            size_change(old.unpacked_bytes, new.unpacked_bytes),
        ),
        left=4,
        folded=1,
    )
    kinds = [change.kind for change in changes]
    unchanged = len(new.packages) - len(kinds) + kinds.count("removed")
    counts = [f"{kinds.count(kind)} {kind}" for kind in MARKS if kind in kinds]
    click.echo(", ".join([*counts, f"{unchanged} unchanged"]))


def _version(state: PackageState | None) -> str:
    return "-" if state is None or not state.version else state.version


def _pair(change: PackageChange, field: str) -> tuple[int | None, int | None]:
    """Return a size before and after. It is 0 if there is no package."""
    old = 0 if change.before is None else getattr(change.before, field)
    new = 0 if change.after is None else getattr(change.after, field)
    return old, new
