"""Refines the first answer of a resolver: rules out wheels that are too new, and explains failures."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from builder_lambda.errors.resolution import NoCompatibleWheel, UnresolvableRequirements
from builder_lambda.locks.selection import packages_without_wheel
from builder_lambda.resolvers.explaining import explained
from builder_lambda.resolvers.glibc import constraints_for

if TYPE_CHECKING:
    from packaging.pylock import Pylock

    from builder_lambda.contract.index_listing import IndexListing
    from builder_lambda.ports.ports import Resolver
    from builder_lambda.ports.version_query import VersionQuery

    Failure = NoCompatibleWheel | UnresolvableRequirements

_MOST_ROUNDS = 20
"""Each round excludes the unusable versions of at least one more project."""


def refined(first: Pylock | Failure, query: VersionQuery, resolver: Resolver, listing: IndexListing) -> Pylock:
    """Return a lock whose wheels all fit the target.

    :param first: the answer of ``resolver`` to the query, or how it failed.
    :raises NoCompatibleWheel: with what the listing has, where it explains the failure.
    :raises UnresolvableRequirements: if it explains nothing.
    """
    try:
        return _fitting(first, query, resolver, listing)
    except (NoCompatibleWheel, UnresolvableRequirements) as error:
        better = explained(error, query, listing)
        if better is None:
            raise
        raise better from error


def _fitting(first: Pylock | Failure, query: VersionQuery, resolver: Resolver, listing: IndexListing) -> Pylock:
    if isinstance(first, Exception):
        raise first
    lock, asked, ruled_out = first, query, set[str]()
    for _ in range(_MOST_ROUNDS - 1):
        unfit = set(packages_without_wheel(lock, query.target)) - ruled_out
        if not unfit:
            break
        ruled_out |= unfit
        more = constraints_for(sorted(unfit), query.target, listing)
        constraints = tuple(sorted({*asked.requirements.constraints, *more}))
        asked = replace(asked, requirements=replace(asked.requirements, constraints=constraints))
        lock = resolver.resolve(asked)
    return lock
