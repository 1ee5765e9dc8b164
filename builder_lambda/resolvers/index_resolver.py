"""The resolver of a request's indexes: uv, with what the listings of the indexes add to it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from builder_lambda.errors.resolution import NoCompatibleWheel, UnresolvableRequirements
from builder_lambda.indexes.listing import listing_for
from builder_lambda.locks.selection import packages_without_wheel
from builder_lambda.resolvers.explaining import explained
from builder_lambda.resolvers.glibc import constraints_for

if TYPE_CHECKING:
    from packaging.pylock import Pylock

    from builder_lambda.contract.index_listing import IndexListing
    from builder_lambda.ports.ports import Resolver
    from builder_lambda.ports.version_query import VersionQuery

_MOST_ROUNDS = 20
"""Each round excludes the unusable versions of at least one more project."""


class IndexResolver:
    """Resolves with another :class:`~builder_lambda.ports.ports.Resolver` until every wheel fits the target.

    Asks the listing only about projects whose wheel does not fit, and after a failure.
    """

    def __init__(self, resolver: Resolver, listing: IndexListing) -> None:
        self._resolver = resolver
        self._listing = listing

    def resolve(self, query: VersionQuery) -> Pylock:
        """See :class:`~builder_lambda.ports.ports.Resolver`."""
        listing = listing_for(self._listing, query.policy)
        try:
            return self._fitting(query, listing)
        except (NoCompatibleWheel, UnresolvableRequirements) as error:
            better = explained(error, query, listing)
            if better is None:
                raise
            raise better from error

    def _fitting(self, query: VersionQuery, listing: IndexListing) -> Pylock:
        asked, ruled_out = query, set[str]()
        for _ in range(_MOST_ROUNDS):
            lock = self._resolver.resolve(asked)
            unfit = set(packages_without_wheel(lock, query.target)) - ruled_out
            if not unfit:
                break
            ruled_out |= unfit
            more = constraints_for(sorted(unfit), query.target, listing)
            constraints = tuple(sorted({*asked.requirements.constraints, *more}))
            asked = replace(asked, requirements=replace(asked.requirements, constraints=constraints))
        return lock
