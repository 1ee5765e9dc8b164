"""The ports of a build in this process: a folder in place of S3, and this machine's indexes."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from builder_lambda.bytecode.host_compiler import HostCompiler
from builder_lambda.contract.index_options import IndexOptions
from builder_lambda.hosts.index_on_demand import IndexOnDemand
from builder_lambda.indexes.cached_wheels import WheelCache
from builder_lambda.indexes.prefetching import PrefetchingIndex
from builder_lambda.indexes.wheel_folder import WheelFolder
from builder_lambda.pipeline.measuring import peak_memory_bytes
from builder_lambda.ports.ports import IndexPorts, Ports
from builder_lambda.ports.reporter import SILENT
from builder_lambda.sdists.on_demand import CompilerName, WheelBuilderOnDemand
from builder_lambda.stores.disk import LocalArchives

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from builder_lambda.ports.ports import ArchiveStore
    from builder_lambda.ports.reporter import Reporter


def local_ports(
    folder: Path,
    environ: Mapping[str, str] | None = None,
    *,
    store: ArchiveStore | None = None,
    client: Callable[[str, str], Any] | None = None,
    compiler: CompilerName = "zig",
    is_building: bool = False,
    reporter: Reporter = SILENT,
) -> Ports:
    """Return ports that keep archives, locks, results, wheels and uv's cache below ``folder``.

    :param environ: variables that name the index; those of this process if left out.
    :param store: keeps archives, locks and results in place of the folder.
    :param client: makes a client of an AWS service in a region, for logins of indexes; boto3's by default.
    :param compiler: what compiles where something is built from source: zig, which is fetched, or this machine's own.
    :param is_building: whether what is resolved will be built right away, so that its wheels may be fetched early.
    :param reporter: receives the progress of builds.
    """
    variables = os.environ if environ is None else environ
    return Ports(
        open_indexes=LocalIndexes(folder, variables, client=client, prefetches=is_building),
        wheel_builder=WheelBuilderOnDemand(folder, variables, compiler),
        store=store or LocalArchives(folder),
        compiler=HostCompiler(),
        clock=time.perf_counter,
        peak_memory=peak_memory_bytes,
        reporter=reporter,
    )


class LocalIndexes:
    """Opens the indexes of requests. Wheels in the cache are found without importing what asks an index."""

    def __init__(
        self,
        folder: Path,
        environ: Mapping[str, str],
        *,
        client: Callable[[str, str], Any] | None,
        prefetches: bool,
    ) -> None:
        """Keep wheels and the cache of uv below ``folder``."""
        self._folder = folder
        self._environ = environ
        self._client = client
        self._prefetches = prefetches
        self._last = (IndexOptions(), self._open(IndexOptions()))

    def __call__(self, options: IndexOptions) -> IndexPorts:
        """Return the ports for what a request says about indexes.

        A resolution and the build that follows it share them, so that the build finds what was fetched early.
        """
        last, opened = self._last
        if options != last:
            opened = self._open(options)
            self._last = (options, opened)
        return opened

    def _open(self, options: IndexOptions) -> IndexPorts:
        wheel_folder = WheelFolder(self._folder / "wheels")
        on_demand = IndexOnDemand(lambda: open_now())
        prefetching = PrefetchingIndex(WheelCache(on_demand, wheel_folder))

        def open_now() -> IndexPorts:
            from builder_lambda.hosts.local_indexes import open_local_indexes

            return open_local_indexes(
                options,
                environ=self._environ,
                uv_cache=self._folder / "uv-cache",
                wheel_folder=wheel_folder,
                client=self._client,
                prefetching=prefetching if self._prefetches else None,
            )

        return IndexPorts(resolver=on_demand, wheels=prefetching, listing=on_demand)
