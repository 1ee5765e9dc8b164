"""Rules out versions whose wheels need a newer glibc than the target has.

uv knows some glibc releases by name, and 2.26 (Amazon Linux 2, runtimes up to Python 3.11) is not one of them. It gets
the next one above, so that no wheel is missed. Versions whose wheels are all too new are then excluded by constraints.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from builder_lambda.contract.concurrency import PARALLEL_REQUESTS
from builder_lambda.errors.resolution import UnknownPackage
from builder_lambda.indexes.availability import unusable_versions
from builder_lambda.requirements.line import parse_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder_lambda.contract.index_listing import IndexListing
    from builder_lambda.contract.targets import Target
    from builder_lambda.requirements.requirement import ParsedRequirement


def constraints_for(names: Sequence[str], target: Target, listing: IndexListing) -> list[ParsedRequirement]:
    """Return constraints that exclude every version of these projects without a wheel for the target."""
    with ThreadPoolExecutor(PARALLEL_REQUESTS) as threads:
        found = threads.map(lambda name: _unusable_versions(name, listing, target), names)
        excluded = [(name, version) for name, versions in zip(names, found, strict=True) for version in versions]
    return [parse_line(f"{name}!={version}", is_constraint=True) for name, version in excluded]


def _unusable_versions(name: str, listing: IndexListing, target: Target) -> tuple[str, ...]:
    try:
        return unusable_versions(name, listing.files(name), target)
    except UnknownPackage:
        return ()  # a URL requires it: there is no other version
