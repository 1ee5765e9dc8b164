"""A resolver for targets whose C library another resolver cannot name.

uv knows some glibc releases by name, and 2.26 (Amazon Linux 2, runtimes up to Python 3.11) is not one of them. It is
asked for the next one above, so that no wheel is missed; here versions are ruled out whose wheels are all too new.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from builder_lambda.errors.resolution import UnknownPackage
from builder_lambda.indexes.listing import listing_for
from builder_lambda.ports.version_policy import KEEP_VERSIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packaging.pylock import Pylock

    from builder_lambda.contract.index_listing import IndexListing
    from builder_lambda.contract.targets import Target
    from builder_lambda.ports.ports import Resolver
    from builder_lambda.ports.version_policy import VersionPolicy
    from builder_lambda.requirements.requirements import Requirements

_MOST_ROUNDS = 20
"""Each rules out all unusable versions of at least one more project."""

_PARALLEL = 8


class GlibcResolver:
    """Resolves with another :class:`~builder_lambda.ports.Resolver` until every wheel fits the target."""

    def __init__(self, resolver: Resolver, listing: IndexListing) -> None:
        """Resolve with ``resolver``, asking ``listing`` about projects whose wheel does not fit, and no others."""
        self._resolver = resolver
        self._listing = listing

    def resolve(
        self,
        requirements: Requirements,
        target: Target,
        *,
        previous: Pylock | None = None,
        policy: VersionPolicy = KEEP_VERSIONS,
    ) -> Pylock:
        """See :class:`~builder_lambda.ports.Resolver`."""
        asked, ruled_out = requirements, set[str]()
        for _ in range(_MOST_ROUNDS):
            lock = self._resolver.resolve(asked, target, previous=previous, policy=policy)
            from builder_lambda.locks.selection import packages_without_wheel

            unfit = set(packages_without_wheel(lock, target)) - ruled_out
            if not unfit:
                break
            ruled_out |= unfit
            more = self._constraints(sorted(unfit), target, policy)
            asked = replace(asked, constraints=tuple(sorted({*asked.constraints, *more})))
        return lock

    def _constraints(self, names: Sequence[str], target: Target, policy: VersionPolicy) -> list[str]:
        listing = listing_for(self._listing, policy)
        with ThreadPoolExecutor(_PARALLEL) as threads:
            found = threads.map(lambda name: _unusable_versions(name, listing, target), names)
            return [f"{name}!={version}" for name, versions in zip(names, found, strict=True) for version in versions]


def _unusable_versions(name: str, listing: IndexListing, target: Target) -> tuple[str, ...]:
    from builder_lambda.indexes.availability import unusable_versions

    try:
        return unusable_versions(name, listing.files(name), target)
    except UnknownPackage:
        return ()  # it is required by URL: there is no other version
