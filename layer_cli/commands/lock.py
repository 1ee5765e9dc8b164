"""``lock``: chooses versions and writes them as a lock (PEP 751)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from packaging.pylock import is_valid_pylock_path

from builder_lambda.contract.index_options import IndexOptions
from builder_lambda.contract.targets import Target
from builder_lambda.hosts.local_ports import local_ports
from layer_cli.inputs.cache import cache_option
from layer_cli.inputs.indexes import index_inputs
from layer_cli.inputs.requirements import RequirementInputs, requirement_inputs
from layer_cli.inputs.source_builds import read_source_builds, source_inputs
from layer_cli.inputs.targets import target_options
from layer_cli.inputs.versions import UpgradingCommand, read_upgrade, version_inputs
from layer_cli.output.json import json_option, print_json
from layer_cli.output.progress import Progress
from layer_cli.work.written_lock import write_lock

if TYPE_CHECKING:
    from collections.abc import Sequence


def _checked_name(_context: click.Context, _parameter: click.Parameter, value: Path) -> Path:
    if not is_valid_pylock_path(value):
        raise click.BadParameter("the name must be pylock.toml or pylock.<name>.toml (PEP 751).")
    return value


@click.command(cls=UpgradingCommand)
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
    help="The lock to write. Versions of an earlier lock are kept if the requirements allow them.",
)
@version_inputs(upgrade_help="Move a package to its newest version, or all without a name; may be repeated.")
@source_inputs
@index_inputs
@cache_option
@json_option
def lock(
    *,
    required: RequirementInputs,
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
    """Choose versions for requirements (REQ, -r and -p, as one set) and write them as a lock.

    The lock (PEP 751) is for one target and pins one wheel per package by sha256.
    """
    target = Target.parse(runtime, architecture)
    written = write_lock(
        output,
        required.read(target=target, indexes=indexes, exclude_newer=exclude_newer),
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
        from layer_cli.tables.lock import print_lock

        print_lock(written)
