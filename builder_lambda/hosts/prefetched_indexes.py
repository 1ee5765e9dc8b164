"""Opens indexes whose wheels are downloaded to the disk while uv still chooses versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder_lambda.hosts.index_opener import IndexOpener
from builder_lambda.hosts.preloading import import_pipeline
from builder_lambda.indexes.settings import IndexSettings
from builder_lambda.indexes.uv_log import UV_DEBUG, UvLogPrefetcher
from builder_lambda.resolvers.concurrent_runner import ConcurrentRunner
from builder_lambda.resolvers.uv import UvResolver

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from typing import Any

    from builder_lambda.contract.index_options import IndexOptions
    from builder_lambda.indexes.prefetching import PrefetchingIndex
    from builder_lambda.indexes.wheel_folder import WheelFolder
    from builder_lambda.ports.ports import IndexPorts


def open_indexes(
    options: IndexOptions,
    *,
    environ: Mapping[str, str],
    uv_cache: Path,
    wheel_folder: WheelFolder,
    client: Callable[[str, str], Any] | None = None,
    prefetching: PrefetchingIndex | None = None,
) -> IndexPorts:
    """Return the ports to indexes.

    :param environ: variables that name the indexes of the machine.
    :param prefetching: fetches the wheels that uv looks at, as its log names them.
    """
    opener = IndexOpener(settings=IndexSettings.of(environ), client=client, spool=lambda: wheel_folder)
    opened = opener.open(options)
    on_log_line = UvLogPrefetcher(prefetching, opened.wheels, wheel_folder) if prefetching else None
    resolver = UvResolver(
        settings=opened.settings,
        cache=uv_cache,
        listing=opened.listing,
        run=ConcurrentRunner((opened.connections.prepare, import_pipeline), on_log_line),
        environ=UV_DEBUG if prefetching else {},
    )
    return opened.ports(resolver)
