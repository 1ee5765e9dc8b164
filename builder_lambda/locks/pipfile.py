"""Read ``Pipfile.lock`` as a PEP 751 lock.

The lock has versions and the sha256 of all their files, but no file names and no addresses: an index maps each sha256
to a file. pipenv resolves for one Python, which the lock names if its Pipfile does.
"""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from packaging.pylock import Package, PackageArchive, PackageDirectory, PackageVcs, PackageWheel, Pylock
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import Version
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from builder_lambda.contract.concurrency import PARALLEL_REQUESTS
from builder_lambda.contract.urls import filename_of
from builder_lambda.errors.locks import LockProblem
from builder_lambda.errors.resolution import UnknownPackage
from builder_lambda.locks.pipfile_entry import PipfileEntry  # noqa: TC001  # pydantic reads it
from builder_lambda.locks.unreadable import UnreadableLock
from builder_lambda.requirements.local_wheels import read_wheel

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from packaging.markers import Environment, Marker
    from packaging.utils import NormalizedName

    from builder_lambda.contract.index_listing import IndexedFile, IndexListing

_DEFAULT_GROUP = "default"
_FORMAT = 6
_ONE_PYTHON = re.compile(r"(?:==)?\s*(\d+(?:\.\d+)?)(?:\.\d+)*(?:\.\*)?")
_FRAGMENT = re.compile(r"#(?:.*&)?sha256=([0-9a-fA-F]{64})")


class _Requires(BaseModel):
    python_version: str | None = None
    python_full_version: str | None = None


class _Meta(BaseModel):
    format: int = Field(alias="pipfile-spec")
    requires: _Requires = Field(default_factory=_Requires)


class _PipfileLock(BaseModel):
    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, dict[str, PipfileEntry]]

    meta: _Meta = Field(alias="_meta")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Wanted:
    """A package that one or more categories need."""

    name: NormalizedName
    entry: PipfileEntry
    marker: Marker | None
    sha256s: frozenset[str]


def parse_pipfile_lock(
    text: str,
    listing: IndexListing,
    *,
    groups: Sequence[str] = (),
    environment: Environment | None = None,
    folder: Path | None = None,
) -> Pylock:
    """Return the lock of the packages in ``default`` and in these further categories, with the files of ``listing``.

    :param environment: marker variables: leaves out packages that they do not need. Without it, all packages are
        returned, under their markers.
    :param folder: the folder of the lock, for the wheels that it names by path.
    :raises UnreadableLock: with every package that pins no version, or no file of the index.
    :raises IndexUnreachable: if the index does not answer.
    """
    try:
        lock = _PipfileLock.model_validate(json.loads(text))
    except json.JSONDecodeError as error:
        raise UnreadableLock(LockProblem(place="", reason=f"it is not JSON: {error}", kind="form")) from error
    except ValidationError as error:
        raise UnreadableLock.of(error) from error

    categories = lock.__pydantic_extra__
    chosen = [category for category in categories if category in {_DEFAULT_GROUP, *groups}]
    entries = [(name, entry) for category in chosen for name, entry in categories[category].items()]
    problems = [*_meta_problems(lock.meta), *(f for name, entry in entries for f in entry.problems(name, environment))]
    empty = Pylock(
        lock_version=Version("1.0"),
        created_by="pipenv",
        requires_python=_pythons(lock.meta.requires),
        dependency_groups=sorted(canonicalize_name(category) for category in categories if category != _DEFAULT_GROUP),
        default_groups=[_DEFAULT_GROUP],
        packages=[],
    )
    if problems:
        raise UnreadableLock(*problems, rest=empty)
    needed = [(name, entry) for name, entry in entries if entry.is_needed(environment)]
    wanted = _merged(needed, are_needed=environment is not None)
    with ThreadPoolExecutor(PARALLEL_REQUESTS) as threads:
        found = list(threads.map(lambda item: _package(item, listing, folder), wanted))
    problems = [item for item in found if isinstance(item, LockProblem)]
    if problems:
        raise UnreadableLock(*problems, rest=empty)
    return replace(empty, packages=[item for item in found if isinstance(item, Package)])


def _meta_problems(meta: _Meta) -> Iterator[LockProblem]:
    if meta.format != _FORMAT:
        reason = f"it is {meta.format}; only {_FORMAT} is supported"
        yield LockProblem(place="_meta.pipfile-spec", reason=reason, kind="form")
    written = _python(meta.requires)
    if written and _pythons(meta.requires) is None:
        reason = f"{written!r} is neither a version of Python nor a range of versions"
        yield LockProblem(place="_meta.requires", reason=reason, kind="form")


def _python(requires: _Requires) -> str:
    """Return the Python as written in the Pipfile; empty for any."""
    written = (requires.python_version or requires.python_full_version or "").strip()
    return "" if written == "*" else written


def _pythons(requires: _Requires) -> SpecifierSet | None:
    """Return the Pythons of the lock. A single one allows all its patch releases, as AWS chooses them."""
    written = _python(requires)
    one = _ONE_PYTHON.fullmatch(written)
    try:
        return SpecifierSet(f"=={one[1]}.*" if one else written) if written else None
    except InvalidSpecifier:
        return None


def _merged(entries: Iterable[tuple[str, PipfileEntry]], *, are_needed: bool) -> Iterable[_Wanted]:
    """Return each package once. A version that two categories share is one package."""
    merged: dict[tuple[str | None, ...], _Wanted] = {}
    for name, entry in entries:
        wanted = _Wanted(
            name=canonicalize_name(name),
            entry=entry,
            marker=None if are_needed else entry.marker,
            sha256s=entry.sha256s,
        )
        key = (wanted.name, *entry.origin)
        earlier = merged.setdefault(key, wanted)
        if earlier is not wanted:
            marker = _either(earlier.marker, wanted.marker)
            merged[key] = replace(earlier, marker=marker, sha256s=earlier.sha256s | wanted.sha256s)
    return merged.values()


def _package(wanted: _Wanted, listing: IndexListing, folder: Path | None) -> Package | LockProblem:
    name, entry, marker = wanted.name, wanted.entry, wanted.marker
    if entry.git:
        vcs = PackageVcs(type="git", url=entry.git, commit_id=entry.ref)
        return Package(name=name, marker=marker, vcs=vcs)
    path = entry.local_path
    if path and path.endswith(".whl"):
        # Any of the hashes may be the one of the file.
        wheel = read_wheel(folder / path) if folder is not None else None
        own = {wheel.sha256} & wanted.sha256s if wheel is not None else set[str]()
        return Package(name=name, marker=marker, archive=PackageArchive(path=path, hashes=_one(own or wanted.sha256s)))
    if path:
        return Package(name=name, marker=marker, directory=PackageDirectory(path=path, editable=entry.editable))
    if entry.file:
        return _direct(wanted, entry.file, listing)
    return _released(wanted, listing)


def _direct(wanted: _Wanted, url: str, listing: IndexListing) -> Package | LockProblem:
    """Return a package that is locked by URL, with the sha256 of that file.

    If an index has the version, pipenv writes the sha256 of all its files.
    """
    sha256s, in_url = wanted.sha256s, _FRAGMENT.search(url)
    if in_url is not None and in_url[1].lower() in sha256s:
        sha256s = frozenset([in_url[1].lower()])
    filename = filename_of(url)
    if len(sha256s) > 1 and filename.endswith(".whl"):
        files = [file.sha256 for file in _files(wanted.name, listing) or () if file.filename == filename]
        sha256s = frozenset(digest for digest in files if digest in sha256s)
        if not sha256s:
            count = len(wanted.sha256s)
            reason = f"it is locked with {count} sha256, and the package index has no {filename!r} with one of them"
            return LockProblem(place=wanted.name, reason=f"{reason}; leave only that of the file")
    return Package(name=wanted.name, marker=wanted.marker, archive=PackageArchive(url=url, hashes=_one(sha256s)))


def _released(wanted: _Wanted, listing: IndexListing) -> Package | LockProblem:
    """Return the package with the wheels of the index that have one of its hashes."""
    package = Package(name=wanted.name, version=wanted.entry.release, marker=wanted.marker)
    subject = f"{package.name} {package.version}"
    files = _files(wanted.name, listing)
    if files is None:
        return LockProblem(place=subject, reason="the package index has no project of this name")
    locked = [file for file in files if file.sha256 in wanted.sha256s]
    if not locked:
        return LockProblem(place=subject, reason="the package index has no file with one of its hashes")
    wheels = [
        PackageWheel(name=file.filename, url=file.url, hashes={"sha256": file.sha256 or ""})
        for file in locked
        if _is_wheel_of(package, file)
    ]
    return replace(package, wheels=wheels)


def _files(name: str, listing: IndexListing) -> Sequence[IndexedFile] | None:
    try:
        return listing.files(name)
    except UnknownPackage:
        return None


def _is_wheel_of(package: Package, file: IndexedFile) -> bool:
    try:
        return parse_wheel_filename(file.filename)[:2] == (package.name, package.version)
    except InvalidWheelFilename:
        return False


def _one(sha256s: Iterable[str]) -> dict[str, str]:
    digest = min(sha256s, default=None)
    return {} if digest is None else {"sha256": digest}


def _either(one: Marker | None, other: Marker | None) -> Marker | None:
    return one | other if one is not None and other is not None else None
