"""A resolver that says more when there is no wheel: which version has one, and why the newest has not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder_lambda.errors import IndexUnreachable, NoCompatibleWheel, UnresolvableRequirements
from builder_lambda.preflight import missing_wheels, required_names, without_wheels

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.pylock import Pylock

    from builder_lambda.index_listing import IndexListing
    from builder_lambda.ports import Resolver
    from builder_lambda.preflight import MissingWheel
    from builder_lambda.requirements import Requirements
    from builder_lambda.targets import Target


class PreflightResolver:
    """Resolves with another :class:`builder_lambda.ports.Resolver`; the index is asked only after that has failed."""

    def __init__(self, resolver: Resolver, listing: IndexListing) -> None:
        self._resolver = resolver
        self._listing = listing

    def resolve(self, requirements: Requirements, target: Target, *, previous: Pylock | None = None) -> Pylock:
        """See :class:`builder_lambda.ports.Resolver`."""
        try:
            return self._resolver.resolve(requirements, target, previous=previous)
        except NoCompatibleWheel as error:
            names = sorted({*error.packages, *required_names(requirements, target)})
            missing = self._missing(names, requirements, target)
            if not missing:
                raise
            told = {item.name for item in missing}
            others = "" if told >= set(error.packages) else error.explanation
            fault = without_wheels(missing, target, more=others)
            fault.packages = tuple(sorted({*fault.packages, *error.packages}))
            raise fault from error
        except UnresolvableRequirements as error:
            # A version that no Python of the target may use is none for a resolver, and a missing wheel for a user.
            missing = self._missing(required_names(requirements, target), requirements, target)
            if not missing:
                raise
            raise without_wheels(missing, target, more=error.explanation) from error

    def _missing(self, names: Iterable[str], requirements: Requirements, target: Target) -> tuple[MissingWheel, ...]:
        try:
            return missing_wheels(names, requirements, target, self._listing)
        except IndexUnreachable:
            return ()  # what the resolver said is still true
