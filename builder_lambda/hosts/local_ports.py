"""The ports of a build in this process: a folder in place of S3, and this machine's indexes."""

from __future__ import annotations

import os
import time
from functools import cache
from typing import TYPE_CHECKING, Any

from builder_lambda.bytecode.host_compiler import HostCompiler
from builder_lambda.pipeline.measuring import peak_memory_bytes
from builder_lambda.ports.ports import Ports
from builder_lambda.ports.reporter import SILENT
from builder_lambda.sdists.on_demand import CompilerName, WheelBuilderOnDemand
from builder_lambda.stores.disk import LocalArchives
from builder_lambda.stores.private_folder import make_private

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from builder_lambda.hosts.local_indexes import LocalIndexes
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
    :raises CacheNotPrivate: if others may write to ``folder``.
    """
    variables = os.environ if environ is None else environ
    make_private(folder)

    @cache
    def indexes() -> LocalIndexes:
        from builder_lambda.hosts.local_indexes import LocalIndexes  # a known build asks no index

        return LocalIndexes(folder, variables, client=client, prefetches=is_building)

    return Ports(
        open_indexes=lambda options: indexes()(options),
        wheel_builder=WheelBuilderOnDemand(folder, variables, compiler),
        store=store or LocalArchives(folder),
        compiler=HostCompiler(),
        clock=time.perf_counter,
        peak_memory=peak_memory_bytes,
        reporter=reporter,
    )
