"""``diff``: shows the differences between two layer archives or locks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from builder_lambda.indexes.simple import listing_of_machine
from builder_lambda.inspection.package_changes import PackageSet, package_changes
from builder_lambda.inspection.reading import read_layer
from builder_lambda.locks.given import read_whole_lock
from layer_cli.inputs.requirements import PATH
from layer_cli.output.json import json_option, print_json

if TYPE_CHECKING:
    from pathlib import Path

_DIFFERENT = 1


@click.command()
@click.argument("before", type=PATH, metavar="A")
@click.argument("after", type=PATH, metavar="B")
@click.option("--exit-code", "has_exit_code", is_flag=True, help="Exit with 1 if they differ.")
@json_option
@click.pass_context
def diff(context: click.Context, before: Path, after: Path, *, has_exit_code: bool, as_json: bool) -> None:
    """Show the differences from A to B: packages added, removed and moved to other versions, with sizes.

    A and B are layer archives, or locks of any format that `build --lock` accepts. An archive and a lock are compared
    by versions.
    """
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
        from layer_cli.tables.diff import print_changes

        print_changes(changes, old, new)
    if has_exit_code and changes:
        context.exit(_DIFFERENT)


def _read(path: Path) -> PackageSet:
    """Return the packages of the lock or archive at ``path``.

    :raises UnreadableArchive: if it has not the name of a lock and is not a zip archive.
    :raises InvalidLock: if it is a lock that cannot be read.
    """
    if path.suffix in (".toml", ".lock"):
        return PackageSet.of_lock(read_whole_lock(path, listing=listing_of_machine))
    return PackageSet.of_layer(read_layer(path))


def _sizes(packages: PackageSet) -> dict[str, object]:
    return {
        "kind": packages.kind,
        "packages": len(packages.packages),
        "size_bytes": packages.size_bytes,
        "unpacked_bytes": packages.unpacked_bytes,
    }
