"""Package indexes that are opened on first use: a build from cached wheels needs none."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from packaging.pylock import Pylock

    from builder_lambda.archive.mapped_memory import WheelBytes
    from builder_lambda.contract.index_listing import IndexedFile
    from builder_lambda.contract.locked_wheel import LockedWheel
    from builder_lambda.ports.ports import IndexPorts
    from builder_lambda.ports.version_query import VersionQuery


class IndexOnDemand:
    """A resolver, a wheel index and a listing. Each opens the indexes on first use."""

    def __init__(self, open_index: Callable[[], IndexPorts]) -> None:
        """Use what ``open_index`` returns. It is called at most once."""
        self._open = open_index

    @cached_property
    def _opened(self) -> IndexPorts:
        return self._open()

    def resolve(self, query: VersionQuery) -> Pylock:
        """See :class:`~builder_lambda.ports.ports.Resolver`."""
        return self._opened.resolver.resolve(query)

    def fetch(self, wheels: Sequence[LockedWheel]) -> Iterator[WheelBytes]:
        """See :class:`~builder_lambda.ports.ports.WheelIndex`."""
        return self._opened.wheels.fetch(wheels)

    def files(self, name: str) -> Sequence[IndexedFile]:
        """See :class:`builder_lambda.contract.index_listing.IndexListing`."""
        listing = self._opened.listing
        if listing is None:
            raise ValueError("these indexes were opened without a listing")
        return listing.files(name)
