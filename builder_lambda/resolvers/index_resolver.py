"""The resolver of a request's indexes: uv, refined by the listings of the indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder_lambda.errors.resolution import NoCompatibleWheel, UnresolvableRequirements
from builder_lambda.indexes.listing import listing_for

if TYPE_CHECKING:
    from packaging.pylock import Pylock

    from builder_lambda.contract.index_listing import IndexListing
    from builder_lambda.ports.ports import Resolver
    from builder_lambda.ports.version_query import VersionQuery


class IndexResolver:
    """Resolves with another :class:`~builder_lambda.ports.ports.Resolver` until every wheel fits the target.

    Asks the listing only about projects whose wheel does not fit, and after a failure.
    """

    def __init__(self, resolver: Resolver, listing: IndexListing) -> None:
        self._resolver = resolver
        self._listing = listing

    def resolve(self, query: VersionQuery) -> Pylock:
        """See :class:`~builder_lambda.ports.ports.Resolver`."""
        first: Pylock | NoCompatibleWheel | UnresolvableRequirements
        try:
            first = self._resolver.resolve(query)
        except (NoCompatibleWheel, UnresolvableRequirements) as error:
            first = error
        from builder_lambda.resolvers.refining import refined  # preloaded while the resolver ran

        return refined(first, query, self._resolver, listing_for(self._listing, query.policy))
