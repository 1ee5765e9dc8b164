"""``build``: builds a layer archive from requirements or from a lock."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from builder_lambda.contract.index_options import IndexOptions
from builder_lambda.contract.options import LAYOUTS, SLIM_PROFILES, BuildOptions
from builder_lambda.contract.targets import Target
from builder_lambda.hosts.local_ports import local_ports
from builder_lambda.stores.cache_bound import bound_of, keep_within
from builder_lambda.stores.disk import LocalArchives
from layer_cli.inputs.cache import cache_option
from layer_cli.inputs.indexes import index_inputs
from layer_cli.inputs.requirements import PATH, RequirementInputs, requirement_inputs
from layer_cli.inputs.source_builds import read_source_builds, source_inputs
from layer_cli.inputs.targets import target_options
from layer_cli.inputs.versions import UpgradingCommand, read_upgrade, version_inputs
from layer_cli.output.json import json_option, print_json
from layer_cli.output.progress import Progress
from layer_cli.work.built_layer import Building

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command(cls=UpgradingCommand)
@requirement_inputs
@click.option(
    "-l", "--lock", type=PATH, metavar="LOCK", help="A lock: pylock.toml, uv.lock, poetry.lock, Pipfile.lock."
)
@target_options
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("layer.zip"),
    show_default=True,
    metavar="FILE",
    help="The archive to write.",
)
@click.option(
    "--slim",
    type=click.Choice(SLIM_PROFILES),
    default="none",
    show_default=True,
    help="none: keep all; safe: drop tests, stubs and headers; small: also strip native libraries.",
)
@click.option("--bytecode/--no-bytecode", default=True, show_default=True, help="Add compiled files.")
@click.option(
    "--layout",
    type=click.Choice(LAYOUTS),
    default="python",
    show_default=True,
    help="python: packages in python/; site-packages: in python/lib/python3.X/site-packages/; function: in the root, "
    "as a deployment package.",
)
@click.option(
    "--include", multiple=True, metavar="PATTERN", help="Keep these paths despite other options; may be repeated."
)
@click.option("--exclude", multiple=True, metavar="PATTERN", help="Leave out these paths; may be repeated.")
@click.option(
    "--module",
    "modules",
    type=PATH,
    multiple=True,
    metavar="PATH",
    help="Add your own folder or .py file; may be repeated.",
)
@click.option(
    "--exclude-runtime-provided", is_flag=True, help="Leave out boto3 and its dependencies, which the runtime provides."
)
@click.option("--size-budget", type=int, metavar="BYTES", help="Fail if the unpacked layer is larger.")
@version_inputs(
    upgrade_help="Ask the index again for a package, or for all without a name, even if the cache has an answer of the "
    "last minutes; may be repeated."
)
@source_inputs
@index_inputs
@cache_option
@json_option
def build(
    *,
    required: RequirementInputs,
    lock: Path | None,
    runtime: str,
    architecture: str,
    output: Path,
    slim: str,
    bytecode: bool,
    layout: str,
    include: Sequence[str],
    exclude: Sequence[str],
    modules: Sequence[Path],
    exclude_runtime_provided: bool,
    size_budget: int | None,
    upgrade: Sequence[str],
    exclude_newer: str | None,
    source_builds: Sequence[str],
    indexes: IndexOptions | None,
    cache: Path,
    as_json: bool,
) -> None:
    """Build a layer archive from requirements (REQ, -r and -p, as one set) or from a lock (-l).

    An archive that was built before is taken from the cache. With a lock this needs no network.
    """
    if lock is not None and required.is_any:
        raise click.UsageError("A lock (-l) cannot be combined with REQ, -r or -p.")
    if lock is not None and (upgrade or exclude_newer or source_builds):
        raise click.UsageError(
            "A lock (-l) cannot be combined with --upgrade, --exclude-newer or --allow-source-build."
        )

    options = BuildOptions.from_mapping(
        {
            "slim": slim,
            "bytecode": bytecode,
            "layout": layout,
            "include": list(include),
            "exclude": list(exclude),
            "exclude_runtime_provided": exclude_runtime_provided,
            "size_budget": size_budget,
        }
    )
    store = LocalArchives(cache)
    ports = local_ports(cache, store=store, is_building=True, reporter=Progress(is_wanted=not as_json))
    target = Target.parse(runtime, architecture)
    building = Building(target=target, store=store, ports=ports, indexes=indexes or IndexOptions())
    if lock is not None:
        building.take_lock(lock, groups=required.groups, extras=required.extras)
    else:
        building.resolve(
            required.read(target=target, indexes=indexes, exclude_newer=exclude_newer),
            upgrade=read_upgrade(upgrade),
            exclude_newer=exclude_newer,
            allow_source_builds=read_source_builds(source_builds),
        )
    built = building.build(output, options, modules)
    if as_json:
        print_json(built.to_mapping())
    else:
        from layer_cli.tables.build import print_build

        print_build(built)
    if not built.is_known:
        keep_within(cache, bound_of(os.environ))
