"""What leads to package indexes, opened when the first of it is used: a build that is known needs none."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from builder_lambda.ports.version_policy import KEEP_VERSIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from packaging.pylock import Pylock

    from builder_lambda.archive.mapped_memory import WheelBytes
    from builder_lambda.contract.index_listing import IndexedFile
    from builder_lambda.contract.locked_wheel import LockedWheel
    from builder_lambda.contract.targets import Target
    from builder_lambda.ports.ports import IndexPorts
    from builder_lambda.ports.version_policy import VersionPolicy
    from builder_lambda.requirements.requirements import Requirements


class IndexOnDemand:
    """A resolver, a wheel index and a listing, which imports nothing of them before it is asked."""

    def __init__(self, open_index: Callable[[], IndexPorts]) -> None:
        """Lead to what ``open_index`` returns, which is called once at most."""
        self._open = open_index

    @cached_property
    def _opened(self) -> IndexPorts:
        return self._open()

    def resolve(
        self,
        requirements: Requirements,
        target: Target,
        *,
        previous: Pylock | None = None,
        policy: VersionPolicy = KEEP_VERSIONS,
    ) -> Pylock:
        """See :class:`~builder_lambda.ports.ports.Resolver`."""
        return self._opened.resolver.resolve(requirements, target, previous=previous, policy=policy)

    def fetch(self, wheels: Sequence[LockedWheel]) -> Iterator[WheelBytes]:
        """See :class:`~builder_lambda.ports.ports.WheelIndex`."""
        return self._opened.wheels.fetch(wheels)

    def files(self, name: str) -> Sequence[IndexedFile]:
        """See :class:`builder_lambda.contract.index_listing.IndexListing`."""
        listing = self._opened.listing
        if listing is None:
            raise ValueError("these indexes were opened without a listing")
        return listing.files(name)
