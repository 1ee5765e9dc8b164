"""Read ``Pipfile.lock`` as a PEP 751 lock.

The lock has versions and the sha256 of all their files, but neither file names nor addresses: an index has to say
which file is which. pipenv resolves for one Python, so that the lock must name it.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.markers import InvalidMarker, Marker
from packaging.pylock import Package, PackageArchive, PackageDirectory, PackageVcs, PackageWheel, Pylock
from packaging.specifiers import SpecifierSet
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from builder_lambda.errors import UnknownPackage
from builder_lambda.lock_errors import LockFault
from builder_lambda.unreadable_lock import UnreadableLock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from packaging.utils import NormalizedName

    from builder_lambda.index_listing import IndexedFile, IndexListing

_DEFAULT_GROUP = "default"
_FORMAT = 6
_PARALLEL = 8


class _Entry(BaseModel):
    version: str | None = None
    hashes: list[str] = Field(default_factory=list)
    markers: str | None = None
    git: str | None = None
    ref: str = ""
    path: str | None = None
    file: str | None = None
    editable: bool = False


class _Requires(BaseModel):
    python_version: str | None = None
    python_full_version: str | None = None


class _Meta(BaseModel):
    format: int = Field(alias="pipfile-spec")
    requires: _Requires = Field(default_factory=_Requires)


class _PipfileLock(BaseModel):
    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, dict[str, _Entry]]

    meta: _Meta = Field(alias="_meta")


def parse_pipfile_lock(text: str, listing: IndexListing, *, groups: Sequence[str] = ()) -> Pylock:
    """Return the lock of the packages in ``default`` and in these further categories, with the files of ``listing``.

    :raises UnreadableLock: with everything that pins no version, or no file that the index has.
    :raises IndexUnreachable: if the index does not answer.
    """
    try:
        lock = _PipfileLock.model_validate(json.loads(text))
    except json.JSONDecodeError as error:
        raise UnreadableLock(LockFault(subject="", reason=f"it is not JSON: {error}")) from error
    except ValidationError as error:
        raise UnreadableLock.of(error) from error

    categories = lock.__pydantic_extra__
    chosen = [category for category in categories if category in {_DEFAULT_GROUP, *groups}]
    entries = [(name, entry) for category in chosen for name, entry in categories[category].items()]
    faults = [*_meta_faults(lock.meta), *_entry_faults(entries)]
    if faults:
        raise UnreadableLock(*faults)
    return Pylock(
        lock_version=Version("1.0"),
        created_by="pipenv",
        requires_python=SpecifierSet(f"=={_python(lock.meta.requires)}.*"),
        dependency_groups=sorted(canonicalize_name(category) for category in categories if category != _DEFAULT_GROUP),
        default_groups=[_DEFAULT_GROUP],
        packages=_packages(entries, listing),
    )


def _meta_faults(meta: _Meta) -> Iterator[LockFault]:
    if meta.format != _FORMAT:
        yield LockFault(subject="_meta.pipfile-spec", reason=f"it is {meta.format}; what can be read is {_FORMAT}")
    if not _python(meta.requires):
        reason = "pipenv resolves for one Python, and the lock does not say for which; set python_version in [requires]"
        yield LockFault(subject="_meta.requires", reason=reason)


def _python(requires: _Requires) -> str:
    """Return the Python of the lock as ``major.minor``; the patch release is AWS's to choose."""
    version = requires.python_version or requires.python_full_version or ""
    return ".".join(version.split(".")[:2])


def _entry_faults(entries: Iterable[tuple[str, _Entry]]) -> Iterator[LockFault]:
    for name, entry in entries:
        if entry.git or entry.path or entry.file:
            continue  # refused with its reason by ``lock_coverage.py``, if the target needs it
        version = (entry.version or "").removeprefix("==")
        subject = f"{name} {version}".rstrip()
        try:
            Version(version)
        except InvalidVersion:
            yield LockFault(subject=subject, reason="it is not locked to one version")
            continue
        if not _sha256s(entry):
            yield LockFault(subject=subject, reason="it is locked without a sha256")
        try:
            Marker(entry.markers or "os_name != ''")
        except InvalidMarker as error:
            yield LockFault(subject=subject, reason=str(error).splitlines()[0])


def _packages(entries: Iterable[tuple[str, _Entry]], listing: IndexListing) -> list[Package]:
    """Return the packages, once each: a version that two categories have is one package."""
    merged: dict[tuple[str, str | None], tuple[Package, frozenset[str]]] = {}
    for name, entry in entries:
        package, hashes = _package(canonicalize_name(name), entry), _sha256s(entry)
        key = (package.name, entry.version)
        if key in merged:
            earlier, earlier_hashes = merged[key]
            package = replace(package, marker=_either(earlier.marker, package.marker))
            hashes |= earlier_hashes
        merged[key] = package, hashes

    with ThreadPoolExecutor(_PARALLEL) as threads:
        found = list(threads.map(lambda wanted: _with_wheels(wanted[0], wanted[1], listing), merged.values()))
    faults = [item for item in found if isinstance(item, LockFault)]
    if faults:
        raise UnreadableLock(*faults)
    return [item for item in found if isinstance(item, Package)]


def _package(name: NormalizedName, entry: _Entry) -> Package:
    marker = Marker(entry.markers) if entry.markers else None
    if entry.git:
        vcs = PackageVcs(type="git", url=entry.git, commit_id=entry.ref)
        return Package(name=name, marker=marker, vcs=vcs)
    if entry.path:
        return Package(name=name, marker=marker, directory=PackageDirectory(path=entry.path, editable=entry.editable))
    if entry.file:
        digests = sorted(_sha256s(entry))
        hashes = {"sha256": digests[0]} if len(digests) == 1 else {}
        return Package(name=name, marker=marker, archive=PackageArchive(url=entry.file, hashes=hashes))
    return Package(name=name, version=Version((entry.version or "").removeprefix("==")), marker=marker)


def _with_wheels(package: Package, sha256s: frozenset[str], listing: IndexListing) -> Package | LockFault:
    """Return the package with the wheels that have one of these hashes on the index."""
    if package.version is None:
        return package
    subject = f"{package.name} {package.version}"
    try:
        files = [file for file in listing.files(package.name) if file.sha256 in sha256s]
    except UnknownPackage:
        return LockFault(subject=subject, reason="the package index has no project of this name")
    if not files:
        return LockFault(subject=subject, reason="the package index has no file with one of its hashes")
    wheels = [
        PackageWheel(name=file.filename, url=file.url, hashes={"sha256": file.sha256 or ""})
        for file in files
        if _is_wheel_of(package, file)
    ]
    return replace(package, wheels=wheels)


def _is_wheel_of(package: Package, file: IndexedFile) -> bool:
    try:
        return parse_wheel_filename(file.filename)[:2] == (package.name, package.version)
    except InvalidWheelFilename:
        return False


def _sha256s(entry: _Entry) -> frozenset[str]:
    return frozenset(text.removeprefix("sha256:").lower() for text in entry.hashes if text.startswith("sha256:"))


def _either(one: Marker | None, other: Marker | None) -> Marker | None:
    return one | other if one is not None and other is not None else None
