"""The ports of a build in this process: a folder in place of S3, and this machine's index."""

from __future__ import annotations

import os
import time
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from builder_lambda.bytecode.host_compiler import HostCompiler
from builder_lambda.contract.index_options import IndexOptions
from builder_lambda.hosts.index_on_demand import IndexOnDemand
from builder_lambda.hosts.preloading import import_pipeline
from builder_lambda.indexes.cached_wheels import WheelCache
from builder_lambda.indexes.prefetching import UV_DEBUG, PrefetchingIndex
from builder_lambda.indexes.wheel_folder import WheelFolder
from builder_lambda.pipeline.measuring import peak_memory_bytes
from builder_lambda.ports.ports import IndexPorts, Ports
from builder_lambda.sdists.on_demand import CompilerName, WheelBuilderOnDemand
from builder_lambda.stores.disk import LocalArchives

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from builder_lambda.indexes.settings import IndexSettings
    from builder_lambda.ports.ports import ArchiveStore


def local_ports(
    folder: Path,
    environ: Mapping[str, str] | None = None,
    *,
    store: ArchiveStore | None = None,
    client: Callable[[str, str], Any] | None = None,
    compiler: CompilerName = "zig",
    is_building: bool = False,
) -> Ports:
    """Return ports that keep archives, locks, results, wheels and uv's cache below ``folder``.

    What leads to an index is imported when an index is first asked.

    :param environ: variables that name the index; those of this process if left out.
    :param store: keeps archives, locks and results in place of the folder.
    :param client: makes a client of an AWS service in a region, for logins of indexes; boto3's by default.
    :param compiler: what compiles where something is built from source: zig, which is fetched, or this machine's own.
    :param is_building: whether what is resolved will be built right away, so that its wheels may be fetched early.
    """
    variables = os.environ if environ is None else environ
    wheel_folder = WheelFolder(folder / "wheels")

    @cache
    def settings() -> IndexSettings:
        from builder_lambda.indexes.settings import IndexSettings

        return IndexSettings.of(variables)

    def open_index(options: IndexOptions) -> IndexPorts:
        on_demand = IndexOnDemand(lambda: open_now(options))
        early = PrefetchingIndex(WheelCache(on_demand, wheel_folder), wheel_folder)

        def open_now(options: IndexOptions) -> IndexPorts:
            from builder_lambda.hosts.index_opener import OpenedIndexes, index_opener
            from builder_lambda.resolvers.concurrent_runner import ConcurrentRunner
            from builder_lambda.resolvers.uv import UvResolver

            def resolver(opened: OpenedIndexes) -> UvResolver:
                on_log_line = partial(early.on_log_line, opened.wheels) if is_building else None
                return UvResolver(
                    settings=opened.settings,
                    cache=folder / "uv-cache",
                    listing=opened.listing,
                    run=ConcurrentRunner((opened.wheels.connections.prepare, import_pipeline), on_log_line),
                    environ=UV_DEBUG if is_building else {},
                )

            return index_opener(settings(), resolver, client, room=lambda: wheel_folder)(options)

        return IndexPorts(resolver=on_demand, wheels=early, listing=on_demand)

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
