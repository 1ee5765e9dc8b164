"""The ports of a build in this process: a folder in place of S3, and this machine's index."""

from __future__ import annotations

import os
import time
from functools import cache
from typing import TYPE_CHECKING, Any

from builder_lambda.build import import_pipeline
from builder_lambda.host_compiler import HostCompiler
from builder_lambda.index_on_demand import IndexOnDemand
from builder_lambda.index_options import IndexOptions
from builder_lambda.local_archives import LocalArchives
from builder_lambda.ports import IndexPorts, Ports
from builder_lambda.process_memory import peak_memory_bytes
from builder_lambda.wheel_builder_on_demand import CompilerName, WheelBuilderOnDemand
from builder_lambda.wheel_cache import WheelCache

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from builder_lambda.ports import ArchiveStore


def local_ports(
    folder: Path,
    environ: Mapping[str, str] | None = None,
    *,
    store: ArchiveStore | None = None,
    client: Callable[[str, str], Any] | None = None,
    compiler: CompilerName = "zig",
) -> Ports:
    """Return ports that keep archives, locks, results, wheels and uv's cache below ``folder``.

    What leads to an index is imported when an index is first asked.

    :param environ: variables that name the index; those of this process if left out.
    :param store: keeps archives, locks and results in place of the folder.
    :param client: makes a client of an AWS service in a region, for logins of indexes; boto3's by default.
    :param compiler: what compiles where something is built from source: zig, which is fetched, or this machine's own.
    """
    variables = os.environ if environ is None else environ

    @cache
    def opener() -> Callable[[IndexOptions], IndexPorts]:
        from builder_lambda.busy_runner import run_meanwhile
        from builder_lambda.index_opener import index_opener
        from builder_lambda.index_settings import IndexSettings
        from builder_lambda.uv_resolver import UvResolver

        return index_opener(
            IndexSettings.of(variables),
            lambda chosen, listing: UvResolver(
                settings=chosen, cache=folder / "uv-cache", listing=listing, run=run_meanwhile(import_pipeline)
            ),
            client,
        )

    def open_index(options: IndexOptions) -> IndexPorts:
        on_demand = IndexOnDemand(lambda: opener()(options))
        return IndexPorts(resolver=on_demand, wheels=WheelCache(on_demand, folder / "wheels"), listing=on_demand)

    opened = open_index(IndexOptions())
    return Ports(
        resolver=opened.resolver,
        index=opened.wheels,
        listing=opened.listing,
        wheel_builder=WheelBuilderOnDemand(folder, variables, compiler),
        open_index=open_index,
        store=store or LocalArchives(folder),
        compiler=HostCompiler(),
        clock=time.perf_counter,
        peak_memory=peak_memory_bytes,
    )
