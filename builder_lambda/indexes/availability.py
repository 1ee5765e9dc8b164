"""Explains why a project has no usable wheel, and finds the nearest version that has one.

Pure, except for :func:`missing_wheels`, which asks an index listing.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    parse_sdist_filename,
    parse_wheel_filename,
)

from builder_lambda.contract.concurrency import PARALLEL_REQUESTS
from builder_lambda.errors.resolution import NoCompatibleWheel, UnknownPackage
from builder_lambda.locks.wheel_fit import fits, why_none_fits

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from packaging.version import Version

    from builder_lambda.contract.index_listing import IndexedFile, IndexListing
    from builder_lambda.contract.targets import Target
    from builder_lambda.requirements.requirement import ParsedRequirement
    from builder_lambda.requirements.requirements import Requirements


@dataclass(frozen=True, kw_only=True, slots=True)
class MissingWheel:
    """A project without a usable wheel in any allowed version."""

    name: str
    newest: str
    """The newest allowed version."""

    reason: str
    """Why the target can use none of its wheels."""

    nearest: str | None
    """The nearest older version, else the nearest newer one, with a wheel for the target. ``None`` if none has."""

    def __str__(self) -> str:
        nearest = f"{self.nearest} has a wheel that fits" if self.nearest else "no version has a wheel that fits"
        return f"{self.name} {self.newest}: {self.reason}; {nearest}"


def judge_project(
    name: str, allowed: SpecifierSet, files: Sequence[IndexedFile], target: Target
) -> MissingWheel | None:
    """Return why no version in ``allowed`` has a wheel for ``target``, or ``None`` if one has.

    Return ``None`` too if the project has no version in ``allowed``: that is not a question of wheels.
    """
    releases = releases_of(name, files)
    # Only an exact pin selects a yanked file (PEP 592).
    offered = {version: kept for version, found in releases.items() if (kept := [f for f in found if not f.is_yanked])}
    versions = sorted(allowed.filter(offered)) or sorted(allowed.filter(releases))
    usable = sorted(v for v, found in offered.items() if any(_is_usable(file, target) for file in found))
    if not versions or any(_is_usable(file, target) for version in versions for file in releases[version]):
        return None
    newest = versions[-1]
    # Suggest a pre-release only if there is nothing else.
    candidates = [version for version in usable if not version.is_prerelease] or usable
    below = [version for version in candidates if version < newest]
    nearest = below[-1] if below else next(iter(candidates), None)
    reason = _why_unusable(releases[newest], target)
    return MissingWheel(name=name, newest=str(newest), reason=reason, nearest=str(nearest) if nearest else None)


def unusable_versions(name: str, files: Sequence[IndexedFile], target: Target) -> tuple[str, ...]:
    """Return the versions, in order, that have no wheel for ``target``."""
    releases = releases_of(name, files)
    return tuple(str(v) for v in sorted(releases) if not any(_is_usable(file, target) for file in releases[v]))


def missing_wheels(
    names: Iterable[str], requirements: Requirements, target: Target, listing: IndexListing
) -> tuple[MissingWheel, ...]:
    """Return those of the projects that have no usable wheel, in order. Projects unknown to the index are skipped.

    :raises IndexUnreachable: if the index does not answer.
    """
    allowed = allowed_versions(requirements, target)
    judge = partial(_judge_listed, allowed=allowed, target=target, listing=listing)
    with ThreadPoolExecutor(PARALLEL_REQUESTS) as threads:
        return tuple(verdict for verdict in threads.map(judge, names) if verdict is not None)


def without_wheels(missing: Sequence[MissingWheel], target: Target, *, more: str = "") -> NoCompatibleWheel:
    """Return the error for projects without wheels. ``more`` is added to its explanation."""
    explanation = "\n".join([*map(str, missing), *([more] if more else [])])
    return NoCompatibleWheel(target=str(target), packages=tuple(item.name for item in missing), explanation=explanation)


def required_names(requirements: Requirements, target: Target) -> tuple[str, ...]:
    """Return the names of the projects that ``target`` needs from an index, in order."""
    applying = _applying(requirements.requirements, target)
    return tuple(sorted({each.name for each in applying if each.value.url is None}))


def _judge_listed(
    name: str, *, allowed: Mapping[str, SpecifierSet], target: Target, listing: IndexListing
) -> MissingWheel | None:
    try:
        files = listing.files(name)
    except UnknownPackage:
        return None
    return judge_project(name, allowed.get(name, SpecifierSet()), files, target)


def allowed_versions(requirements: Requirements, target: Target) -> dict[str, SpecifierSet]:
    """Return the specifiers of each project in the requirements and constraints that apply to ``target``."""
    allowed: dict[str, SpecifierSet] = {}
    for each in _applying((*requirements.requirements, *requirements.constraints), target):
        allowed[each.name] = allowed.get(each.name, SpecifierSet()) & each.value.specifier
    return allowed


def _applying(requirements: Iterable[ParsedRequirement], target: Target) -> list[ParsedRequirement]:
    environment = target.environment
    return [each for each in requirements if each.applies_to(environment)]


def releases_of(name: str, files: Iterable[IndexedFile]) -> dict[Version, list[IndexedFile]]:
    """Return the wheels and sdists of a project by their version. Other files are skipped."""
    releases: dict[Version, list[IndexedFile]] = {}
    for file in files:
        try:
            is_wheel = file.filename.endswith(".whl")
            found, version = (parse_wheel_filename if is_wheel else parse_sdist_filename)(file.filename)[:2]
        except (InvalidWheelFilename, InvalidSdistFilename):
            continue
        if found == name:
            releases.setdefault(version, []).append(file)
    return releases


def _is_usable(file: IndexedFile, target: Target) -> bool:
    return fits(file.filename, target) and is_for_python(file, target)


def is_for_python(file: IndexedFile, target: Target) -> bool:
    """Return whether the Requires-Python of a file allows the target's Python."""
    try:
        return SpecifierSet(file.requires_python or "").contains(target.python_full_version)
    except InvalidSpecifier:
        return True  # installers ignore it too


def _why_unusable(files: Sequence[IndexedFile], target: Target) -> str:
    wheels = [file for file in files if file.filename.endswith(".whl")]
    for_python = [file for file in wheels if is_for_python(file, target)]
    if wheels and not for_python:
        return f"it needs Python {wheels[0].requires_python}"
    return why_none_fits([file.filename for file in for_python], target)
