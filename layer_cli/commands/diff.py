"""``diff``: what differs between two layer archives, or two locks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from layer_cli.inputs.requirements import PATH
from layer_cli.output.json import json_option, print_json

if TYPE_CHECKING:
    from pathlib import Path

    from builder_lambda.inspection.package_changes import PackageChange, PackageSet, PackageState

_DIFFERENT = 1


@click.command(short_help="Tell what differs between two archives or locks.")
@click.argument("before", type=PATH, metavar="A")
@click.argument("after", type=PATH, metavar="B")
@click.option("--exit-code", "has_exit_code", is_flag=True, help="End with 1 if they differ.")
@json_option
@click.pass_context
def diff(context: click.Context, before: Path, after: Path, *, has_exit_code: bool, as_json: bool) -> None:
    """Tell what differs from A to B: packages added, removed, moved, and their sizes.

    A and B are layer archives, or locks of any form that `build --lock` takes; one of each is compared by versions.
    """
    from builder_lambda.inspection.package_changes import package_changes

    old, new = _read(before), _read(after)
    changes = package_changes(old, new)
    if as_json:
        print_json(
            {
                "before": {"path": str(before), **_sizes(old)},
                "after": {"path": str(after), **_sizes(new)},
                "is_different": bool(changes),
                "changes": [change.to_mapping() for change in changes],
            }
        )
    else:
        _print(changes, old, new)
    if has_exit_code and changes:
        context.exit(_DIFFERENT)


def _read(path: Path) -> PackageSet:
    """Return the packages of what is at ``path``.

    :raises UnreadableArchive: if it has the name of no lock, and is no zip archive.
    :raises InvalidLock: if it is a lock that cannot be read.
    """
    from builder_lambda.inspection.package_changes import PackageSet

    if path.suffix in (".toml", ".lock"):
        from builder_lambda.indexes.simple import listing_of_machine
        from builder_lambda.locks.given import read_whole_lock

        return PackageSet.of_lock(read_whole_lock(path, listing=listing_of_machine))
    from builder_lambda.inspection.reading import read_layer

    return PackageSet.of_layer(read_layer(path))


def _sizes(packages: PackageSet) -> dict[str, object]:
    return {
        "kind": packages.kind,
        "packages": len(packages.packages),
        "size_bytes": packages.size_bytes,
        "unpacked_bytes": packages.unpacked_bytes,
    }


def _print(changes: tuple[PackageChange, ...], old: PackageSet, new: PackageSet) -> None:
    from layer_cli.output.tables import MARKS, escaped, plural, print_table, size_change

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
    """Return a size before and after; a package that is not there has none, that is 0."""
    old = 0 if change.before is None else getattr(change.before, field)
    new = 0 if change.after is None else getattr(change.after, field)
    return old, new
