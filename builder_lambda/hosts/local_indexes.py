"""The indexes of this machine, behind a cache of wheels on the disk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from builder_lambda.contract.index_options import IndexOptions
from builder_lambda.hosts.index_on_demand import IndexOnDemand
from builder_lambda.indexes.cached_wheels import WheelCache
from builder_lambda.indexes.prefetching import PrefetchingIndex
from builder_lambda.indexes.wheel_folder import WheelFolder
from builder_lambda.ports.ports import IndexPorts
from builder_lambda.stores.cache_folders import UV_CACHE, WHEELS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


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
        wheel_folder = WheelFolder(self._folder / WHEELS)
        on_demand = IndexOnDemand(lambda: open_now())
        prefetching = PrefetchingIndex(WheelCache(on_demand, wheel_folder))

        def open_now() -> IndexPorts:
            from builder_lambda.hosts.prefetched_indexes import open_indexes

            return open_indexes(
                options,
                environ=self._environ,
                uv_cache=self._folder / UV_CACHE,
                wheel_folder=wheel_folder,
                client=self._client,
                prefetching=prefetching if self._prefetches else None,
            )

        return IndexPorts(resolver=on_demand, wheels=prefetching, listing=on_demand)
