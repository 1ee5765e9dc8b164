"""Say for requirements without a usable wheel which version has one, and why the newest has not.

Pure, but for :func:`check_wheels`, which asks an :class:`builder_lambda.contract.index_listing.IndexListing`.
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

from builder_lambda.errors.resolution import NoCompatibleWheel, UnknownPackage
from builder_lambda.locks.wheel_fit import fits, why_none_fits

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from packaging.version import Version

    from builder_lambda.contract.index_listing import IndexedFile, IndexListing
    from builder_lambda.contract.targets import Target
    from builder_lambda.requirements.requirement import ParsedRequirement
    from builder_lambda.requirements.requirements import Requirements

_PARALLEL = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class MissingWheel:
    """A project without a usable wheel in any version that may be taken."""

    name: str
    newest: str
    """The newest version that may be taken."""

    reason: str
    """Why the target can use no wheel of it."""

    nearest: str | None
    """The version nearest below it (else above it) that has a wheel for the target, if any has."""

    def __str__(self) -> str:
        nearest = f"{self.nearest} has a wheel that fits" if self.nearest else "no version has a wheel that fits"
        return f"{self.name} {self.newest}: {self.reason}; {nearest}"


def judge_project(
    name: str, allowed: SpecifierSet, files: Sequence[IndexedFile], target: Target
) -> MissingWheel | None:
    """Return what is missing of a project, or ``None`` if a version in ``allowed`` has a wheel for ``target``.

    Where no version is in ``allowed`` there is nothing to say about wheels: ``None`` too.
    """
    releases = releases_of(name, files)
    # Yanked files are for those who pin their version exactly (PEP 592).
    offered = {version: kept for version, found in releases.items() if (kept := [f for f in found if not f.is_yanked])}
    versions = sorted(allowed.filter(offered)) or sorted(allowed.filter(releases))
    usable = sorted(v for v, found in offered.items() if any(_is_usable(file, target) for file in found))
    if not versions or any(_is_usable(file, target) for version in versions for file in releases[version]):
        return None
    newest = versions[-1]
    # A pre-release is no advice, unless there is nothing else.
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
    """Return what is missing of these projects, in their order; those that the index does not know are left out.

    :raises IndexUnreachable: if the index does not answer.
    """
    allowed = allowed_versions(requirements, target)
    judge = partial(_judge_listed, allowed=allowed, target=target, listing=listing)
    with ThreadPoolExecutor(_PARALLEL) as threads:
        return tuple(verdict for verdict in threads.map(judge, names) if verdict is not None)


def check_wheels(requirements: Requirements, target: Target, listing: IndexListing) -> None:
    """Check that every project that is required by name has a usable wheel in a version that is allowed.

    :raises NoCompatibleWheel: naming all that have none, each with a version that has one and why the newest has not.
    :raises IndexUnreachable: if the index does not answer.
    """
    missing = missing_wheels(required_names(requirements, target), requirements, target, listing)
    if missing:
        raise without_wheels(missing, target)


def without_wheels(missing: Sequence[MissingWheel], target: Target, *, more: str = "") -> NoCompatibleWheel:
    """Return the error that tells what is missing, followed by ``more``."""
    explanation = "\n".join([*map(str, missing), *([more] if more else [])])
    return NoCompatibleWheel(target=str(target), packages=tuple(item.name for item in missing), explanation=explanation)


def required_names(requirements: Requirements, target: Target) -> tuple[str, ...]:
    """Return the projects that are required for ``target`` from an index, in order."""
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
    """Return what requirements and constraints that hold for ``target`` say of the version of each project."""
    allowed: dict[str, SpecifierSet] = {}
    for each in _applying((*requirements.requirements, *requirements.constraints), target):
        allowed[each.name] = allowed.get(each.name, SpecifierSet()) & each.value.specifier
    return allowed


def _applying(requirements: Iterable[ParsedRequirement], target: Target) -> list[ParsedRequirement]:
    environment = target.environment
    return [each for each in requirements if each.applies_to(environment)]


def releases_of(name: str, files: Iterable[IndexedFile]) -> dict[Version, list[IndexedFile]]:
    """Return the files of a project by their version; what is named like neither wheel nor sdist is left out."""
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
    """Tell whether the Requires-Python of a file allows the target's Python."""
    try:
        return SpecifierSet(file.requires_python or "").contains(target.python_full_version)
    except InvalidSpecifier:
        return True  # as installers do: what cannot be read forbids nothing


def _why_unusable(files: Sequence[IndexedFile], target: Target) -> str:
    wheels = [file for file in files if file.filename.endswith(".whl")]
    for_python = [file for file in wheels if is_for_python(file, target)]
    if wheels and not for_python:
        return f"it needs Python {wheels[0].requires_python}"
    return why_none_fits([file.filename for file in for_python], target)
