"""Explains why no wheel was found: which version has one, and why the newest version has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder_lambda.errors.indexes import IndexDenied, IndexUnreachable
from builder_lambda.errors.resolution import NoCompatibleWheel
from builder_lambda.indexes.availability import missing_wheels, required_names, without_wheels

if TYPE_CHECKING:
    from builder_lambda.contract.index_listing import IndexListing
    from builder_lambda.errors.resolution import UnresolvableRequirements
    from builder_lambda.ports.version_query import VersionQuery


def explained(
    error: NoCompatibleWheel | UnresolvableRequirements, query: VersionQuery, listing: IndexListing
) -> NoCompatibleWheel | None:
    """Return the error with what the index has, or ``None`` if the index explains nothing.

    A resolver ignores versions for other Pythons. It may call requirements unresolvable where a user would say that a
    wheel is missing.
    """
    blamed = error.packages if isinstance(error, NoCompatibleWheel) else ()
    names = sorted({*blamed, *required_names(query.requirements, query.target)})
    try:
        missing = missing_wheels(names, query.requirements, query.target, listing)
    except (IndexUnreachable, IndexDenied):
        return None  # the message of the resolver is still true
    if not missing:
        return None
    is_complete = bool(blamed) and {item.name for item in missing} >= set(blamed)
    better = without_wheels(missing, query.target, more="" if is_complete else error.explanation)
    better.packages = tuple(sorted({*better.packages, *blamed}))
    return better
