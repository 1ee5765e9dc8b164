"""A resolver that says more when there is no wheel: which version has one, and why the newest has not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder_lambda.errors.indexes import IndexDenied, IndexUnreachable
from builder_lambda.errors.resolution import NoCompatibleWheel, UnresolvableRequirements
from builder_lambda.indexes.listing import listing_for
from builder_lambda.ports.version_policy import KEEP_VERSIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.pylock import Pylock

    from builder_lambda.contract.index_listing import IndexListing
    from builder_lambda.contract.targets import Target
    from builder_lambda.indexes.availability import MissingWheel
    from builder_lambda.ports.ports import Resolver
    from builder_lambda.ports.version_policy import VersionPolicy
    from builder_lambda.requirements.requirements import Requirements


class ExplainingResolver:
    """Resolves with another :class:`~builder_lambda.ports.Resolver`; the index is asked only after that has failed."""

    def __init__(self, resolver: Resolver, listing: IndexListing) -> None:
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
        listing = listing_for(self._listing, policy)
        try:
            return self._resolver.resolve(requirements, target, previous=previous, policy=policy)
        except NoCompatibleWheel as error:
            from builder_lambda.indexes.availability import required_names, without_wheels

            names = sorted({*error.packages, *required_names(requirements, target)})
            missing = _missing(names, requirements, target, listing)
            if not missing:
                raise
            told = {item.name for item in missing}
            others = "" if told >= set(error.packages) else error.explanation
            fault = without_wheels(missing, target, more=others)
            fault.packages = tuple(sorted({*fault.packages, *error.packages}))
            raise fault from error
        except UnresolvableRequirements as error:
            from builder_lambda.indexes.availability import required_names, without_wheels

            # A version that no Python of the target may use is none for a resolver, and a missing wheel for a user.
            missing = _missing(required_names(requirements, target), requirements, target, listing)
            if not missing:
                raise
            raise without_wheels(missing, target, more=error.explanation) from error


def _missing(
    names: Iterable[str], requirements: Requirements, target: Target, listing: IndexListing
) -> tuple[MissingWheel, ...]:
    from builder_lambda.indexes.availability import missing_wheels

    try:
        return missing_wheels(names, requirements, target, listing)
    except (IndexUnreachable, IndexDenied):
        return ()  # what the resolver said is still true
