"""Read ``poetry.lock`` as a PEP 751 lock.

Pure. Since Poetry 2.0 (lock-version 2.1) every package states which groups need it, and under which marker. No
dependency has to be followed, and Poetry's own exporter, which asks the index for addresses, is not needed. A test
compares the result with its exports in ``tests/cases/given_locks``.

The lock has file names and sha256 values, but no addresses: the wheels get a package URL in place of one
(``package_url.py``).
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

from packaging.markers import InvalidMarker, Marker
from packaging.pylock import Package, PackageArchive, PackageDirectory, PackageSdist, PackageVcs, PackageWheel, Pylock
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version
from poetry.core.constraints.version import parse_constraint
from poetry.core.constraints.version.exceptions import ParseConstraintError
from pydantic import BaseModel, Field, ValidationError, field_validator

from builder_lambda.errors.locks import LockProblem
from builder_lambda.locks.package_url import name_in_place_of_url
from builder_lambda.locks.unreadable import UnreadableLock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_OLDEST = Version("2.1")
_READABLE = SpecifierSet(f">={_OLDEST},<3")
_DEFAULT_GROUP = "main"
_ALL_GROUPS = ""
_SOURCES = ("legacy", "directory", "git", "url", "file")
_EXTRA = re.compile(
    r'extra (?P<operator>==|!=) "(?P<name>[^"]*)"|"(?P<name_first>[^"]*)" (?P<operator_last>==|!=) extra'
)


class _File(BaseModel):
    file: str
    hash: str


class _Source(BaseModel):
    type: str
    url: str = ""
    resolved_reference: str = ""


class _Package(BaseModel):
    name: str
    version: str
    groups: list[str]
    markers: dict[str, str] = Field(default_factory=dict)
    """By group. Under the empty name: the marker of all groups."""

    files: list[_File] = Field(default_factory=list)
    source: _Source | None = None
    develop: bool = False

    @field_validator("markers", mode="before")
    @classmethod
    def _of_all_groups(cls, value: object) -> object:
        if isinstance(value, str):
            return {_ALL_GROUPS: value}
        if not isinstance(value, dict):
            raise ValueError("it must be text, or a table of texts")  # noqa: TRY004  # pydantic wants this one
        return value


class _LockVersion(BaseModel):
    lock_version: str = Field(alias="lock-version")


class _Metadata(_LockVersion):
    python_versions: str = Field(alias="python-versions")


class _AnyPoetryLock(BaseModel):
    metadata: _LockVersion


class _PoetryLock(BaseModel):
    metadata: _Metadata
    package: list[_Package] = Field(default_factory=list)
    extras: dict[str, list[str]] = Field(default_factory=dict)


def parse_poetry_lock(text: str) -> Pylock:
    """Return the lock with all its groups and extras. The default group is ``main``.

    :raises UnreadableLock: if Poetry 2 did not write it, or it is not well formed.
    """
    try:
        content = tomllib.loads(text)
        version = _AnyPoetryLock.model_validate(content).metadata.lock_version
        unreadable = _unreadable_version(version)
        if unreadable:
            raise UnreadableLock(LockProblem(place="metadata.lock-version", reason=unreadable, kind="form"))
        lock = _PoetryLock.model_validate(content)
    except tomllib.TOMLDecodeError as error:
        raise UnreadableLock(LockProblem(place="", reason=f"it is not TOML: {error}", kind="form")) from error
    except ValidationError as error:
        raise UnreadableLock.of(error) from error

    packages, problems = [], []
    for package in lock.package:
        if package.source is not None and package.source.type not in _SOURCES:
            reason = f"it comes from a source of type {package.source.type!r}, which cannot go into a layer"
            problems.append(LockProblem(place=f"{package.name} {package.version}", reason=reason))
            continue
        try:
            packages.append(_package(package))
        except (InvalidMarker, InvalidVersion) as error:
            reason = str(error).splitlines()[0]
            problems.append(LockProblem(place=f"{package.name} {package.version}", reason=reason, kind="form"))
    if problems:
        raise UnreadableLock(*problems)
    groups = {canonicalize_name(group) for package in lock.package for group in package.groups}
    return Pylock(
        lock_version=Version("1.0"),
        created_by="poetry",
        environments=_environments(lock.metadata.python_versions),
        extras=sorted(map(canonicalize_name, lock.extras)),
        dependency_groups=sorted(groups - {_DEFAULT_GROUP}),
        default_groups=[_DEFAULT_GROUP],
        packages=packages,
    )


def _unreadable_version(written: str) -> str:
    """Return why a lock of this version cannot be read, empty if it can be."""
    try:
        version = Version(written)
    except InvalidVersion:
        return f"it is {written!r}, which is not a version; lock again with Poetry 2.0 or later"
    if _READABLE.contains(version, prereleases=True):
        return ""
    if version < _OLDEST:
        return f"it is {version}, and must be {_READABLE}; lock again with Poetry 2.0 or later"
    return f"it is {version}, which is newer than this python-layers, which reads {_READABLE}; upgrade python-layers"


def _environments(python_versions: str) -> list[Marker] | None:
    """Return the Pythons of the lock, one marker for each range that Poetry joins by ``||``.

    Poetry has its own notation for versions (``^3.11``, ``~3.11``, ``||``); its library parses it.

    :raises UnreadableLock: if they are not in Poetry's notation.
    """
    try:
        ranges = [SpecifierSet(part) for part in str(parse_constraint(python_versions)).split(" || ") if part != "*"]
    except (ParseConstraintError, InvalidSpecifier) as error:
        raise UnreadableLock(LockProblem(place="metadata.python-versions", reason=str(error), kind="form")) from error
    return [_python_marker(part) for part in ranges] or None


def _python_marker(versions: SpecifierSet) -> Marker:
    ordered = sorted(versions, key=lambda specifier: (Version(specifier.version.removesuffix(".*")), str(specifier)))
    return Marker(" and ".join(f"python_full_version {part.operator} '{part.version}'" for part in ordered))


def _package(package: _Package) -> Package:
    """Return the package in the form of PEP 751.

    :raises InvalidMarker: if one of its markers cannot be read.
    :raises InvalidVersion: if its version cannot be read.
    """
    name, version, marker = canonicalize_name(package.name), Version(package.version), _marker(package)
    source = package.source
    match source.type if source is not None else "legacy":
        case "legacy":
            return Package(
                name=name,
                version=version,
                marker=marker,
                wheels=list(_wheels(package, version)),
                sdist=next(_sdists(package, version), None),
            )
        case "directory" if source is not None:
            directory = PackageDirectory(path=source.url, editable=package.develop)
            return Package(name=name, version=version, marker=marker, directory=directory)
        case "git" if source is not None:
            vcs = PackageVcs(type="git", url=source.url, commit_id=source.resolved_reference)
            return Package(name=name, version=version, marker=marker, vcs=vcs)
        case "url" if source is not None:
            archive = PackageArchive(url=source.url, hashes=_hashes(package.files))
            return Package(name=name, version=version, marker=marker, archive=archive)
        case _:
            archive = PackageArchive(path=source.url if source is not None else "", hashes=_hashes(package.files))
            return Package(name=name, version=version, marker=marker, archive=archive)


def _marker(package: _Package) -> Marker:
    """Return when the package is needed: in any of its groups, under the marker of that group."""
    ways = []
    for group in package.groups:
        given = package.markers.get(group) or package.markers.get(_ALL_GROUPS)
        condition = f" and ({_with_extras(given)})" if given else ""
        ways.append(f'("{canonicalize_name(group)}" in dependency_groups{condition})')
    return Marker(" or ".join(ways))


def _with_extras(marker: str) -> str:
    """Return the marker with ``extra == "name"`` in the form of PEP 751: ``"name" in extras``."""

    def as_membership(match: re.Match[str]) -> str:
        name = canonicalize_name(match["name"] or match["name_first"] or "")
        is_equal = (match["operator"] or match["operator_last"]) == "=="
        return f'"{name}" {"in" if is_equal else "not in"} extras'

    return _EXTRA.sub(as_membership, str(Marker(marker)))


def _wheels(package: _Package, version: Version) -> Iterator[PackageWheel]:
    for entry in package.files:
        try:
            name, found, _, _ = parse_wheel_filename(entry.file)
        except InvalidWheelFilename:
            continue  # an sdist, or a format that installers no longer support
        if (name, found) == (canonicalize_name(package.name), version):
            url = name_in_place_of_url(name, str(version), entry.file)
            yield PackageWheel(name=entry.file, url=url, hashes=_hashes([entry]))


def _sdists(package: _Package, version: Version) -> Iterator[PackageSdist]:
    for entry in package.files:
        try:
            parse_sdist_filename(entry.file)
        except InvalidSdistFilename:
            continue
        url = name_in_place_of_url(package.name, str(version), entry.file)
        yield PackageSdist(name=entry.file, url=url, hashes=_hashes([entry]))


def _hashes(files: Sequence[_File]) -> dict[str, str]:
    """Return the hash of the only file, by algorithm."""
    algorithm, _, digest = (files[0].hash if files else "").partition(":")
    return {algorithm: digest}
