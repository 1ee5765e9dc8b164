"""``lock``: choose versions, and write them down as a lock (PEP 751)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from builder_lambda.contract.targets import Target
from layer_cli.inputs.cache import cache_option
from layer_cli.inputs.indexes import index_inputs
from layer_cli.inputs.requirements import RequirementInputs, requirement_inputs
from layer_cli.inputs.source_builds import read_source_builds, source_inputs
from layer_cli.inputs.targets import target_options
from layer_cli.inputs.versions import UpgradingCommand, read_upgrade, version_inputs
from layer_cli.output.json import json_option, print_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder_lambda.contract.index_options import IndexOptions
    from builder_lambda.inspection.package_changes import PackageChange
    from layer_cli.work.written_lock import WrittenLock


def _checked_name(_context: click.Context, _parameter: click.Parameter, value: Path) -> Path:
    from packaging.pylock import is_valid_pylock_path

    if not is_valid_pylock_path(value):
        raise click.BadParameter("the name must be pylock.toml or pylock.<name>.toml, which tools look for (PEP 751).")
    return value


@click.command(cls=UpgradingCommand, short_help="Choose versions, and write them down as a lock.")
@requirement_inputs
@target_options
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("pylock.toml"),
    show_default=True,
    callback=_checked_name,
    metavar="FILE",
    help="The lock to write. Versions in an earlier one are kept where the requirements allow them.",
)
@version_inputs(upgrade_help="Move a package to its newest version, or all without a name; may be repeated.")
@source_inputs
@index_inputs
@cache_option
@json_option
def lock(
    *,
    given: RequirementInputs,
    runtime: str,
    architecture: str,
    output: Path,
    upgrade: Sequence[str],
    exclude_newer: str | None,
    source_builds: Sequence[str],
    indexes: IndexOptions | None,
    cache: Path,
    as_json: bool,
) -> None:
    """Choose versions for requirements (REQ, -r, -p: all are one set) and write them down as a lock.

    The lock is for one target, and pins one wheel per package by sha256 (PEP 751).
    """
    from builder_lambda.contract.index_options import IndexOptions
    from builder_lambda.hosts.local_ports import local_ports
    from layer_cli.output.progress import Progress
    from layer_cli.work.written_lock import write_lock

    target = Target.parse(runtime, architecture)
    written = write_lock(
        output,
        given.read(target=target, indexes=indexes, exclude_newer=exclude_newer),
        target,
        upgrade=read_upgrade(upgrade),
        exclude_newer=exclude_newer,
        allow_source_builds=read_source_builds(source_builds),
        indexes=indexes or IndexOptions(),
        ports=local_ports(cache, reporter=Progress(is_wanted=not as_json)),
    )
    if as_json:
        print_json(written.to_mapping())
    else:
        _print(written)


def _print(written: WrittenLock) -> None:
    from layer_cli.output.tables import plural, print_table

    print_table(("package", "version", ""), _rows(written), left=3)
    kinds = [change.kind for change in written.changes]
    counts = [f"{kinds.count(kind)} {kind}" for kind in ("added", "removed", "moved", "changed") if kind in kinds]
    if not written.is_new:
        counts.append(f"{len(written.packages) - len(kinds) + kinds.count('removed')} unchanged")
    target = str(written.target)
    what = plural(len(written.packages), "package")
    told = what if written.is_new else f"{what} ({', '.join(counts)})"
    click.echo(f"{written.output}: {target}, {told}, {written.seconds['total']:.2f} s")


def _rows(written: WrittenLock) -> Iterator[tuple[str, ...]]:
    from layer_cli.output.tables import escaped

    changes = {} if written.is_new else {change.name: change for change in written.changes}
    removed = {name: "" for name in changes if name not in written.packages}
    for name, version in sorted({**written.packages, **removed}.items()):
        yield escaped(name), escaped(version or "-"), _told(changes.get(name))


def _told(change: PackageChange | None) -> str:
    from layer_cli.output.tables import MARKS, escaped

    if change is None:
        return ""
    was = f", was {escaped(change.before.version)}" if change.before is not None and change.kind != "changed" else ""
    return f"{MARKS[change.kind]}{was}"
