"""Local wheels in a resolution: a resolver reads them as files, a lock refers to them by their key in the store.

A local wheel is validated before resolving, so that a broken one fails early.
"""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import replace
from email.parser import HeaderParser
from pathlib import Path
from typing import TYPE_CHECKING, cast

from packaging.pylock import PackageWheel
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from builder_lambda.contract.store_keys import LOCAL_SCHEME, local_wheel_key
from builder_lambda.contract.urls import filename_of
from builder_lambda.distributions.wheel_file import WheelFile
from builder_lambda.errors.resolution import NoCompatibleWheel, ResolverFailed, UnresolvableRequirements
from builder_lambda.errors.wheels import InvalidWheel, StoredWheelMissing
from builder_lambda.indexes.stored_wheels import check_stored
from builder_lambda.locks.wheel_fit import fits, why_none_fits
from builder_lambda.requirements.line import hashes_of, without_hashes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from packaging.pylock import Package, Pylock

    from builder_lambda.contract.targets import Target
    from builder_lambda.ports.ports import ArchiveStore
    from builder_lambda.ports.version_query import VersionQuery


def check_local_wheel(filename: str, content: bytes) -> None:
    """Check that a wheel can be opened, and is of the project and the version that its file name says.

    :raises InvalidWheel: saying what is wrong with it.
    """
    wheel = WheelFile(filename, content)
    path = f"{wheel.dist_info}/METADATA"
    if path not in wheel.members:
        raise InvalidWheel(filename=filename, reason=f"it has no {path!r}")
    metadata = HeaderParser().parsestr(wheel.read(path).decode("utf-8", "replace"))
    name, version = metadata.get("Name", "").strip(), metadata.get("Version", "").strip()
    if canonicalize_name(name) != wheel.name or not _is_same(version, wheel.version):
        reason = f"its METADATA is of {f'{name} {version}'.strip()!r}, its file name of {wheel.owner!r}"
        raise InvalidWheel(filename=filename, reason=reason)


def _is_same(one: str, other: str) -> bool:
    try:
        return Version(one) == Version(other)
    except InvalidVersion:
        return False


class LocalWheelFiles:
    """The local wheels of a query: files while versions are chosen, keys of the store afterwards."""

    def __init__(self, query: VersionQuery, store: ArchiveStore) -> None:
        """Take the wheels that the requirements name from ``store``."""
        self._query = query
        self._store = store
        self._named = {line: _Named(line) for line in query.requirements.requirements if f" {LOCAL_SCHEME}:" in line}
        self._wanted = {line: wheel for line, wheel in self._named.items() if wheel.applies_to(query.target)}

    @contextmanager
    def opened(self) -> Iterator[VersionQuery]:
        """Give the query with files in place of the store's wheels. The files exist while the block runs.

        :raises NoCompatibleWheel: if a wheel is not for the target.
        :raises StoredWheelMissing: if the store does not have a wheel.
        :raises InvalidWheel: if a file is not a wheel, or has another version than its name says.
        """
        if not self._named:
            yield self._query
            return
        _check_tags(self._wanted, self._query.target)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            self._write(folder)
            try:
                yield self._with_files(folder)
            except (NoCompatibleWheel, ResolverFailed, UnresolvableRequirements) as error:
                error.explanation = error.explanation.replace(f"{folder.as_uri()}/", f"{LOCAL_SCHEME}:")
                raise

    def with_store_keys(self, lock: Pylock) -> Pylock:
        """Return a lock of the query with the keys of the store in place of the files."""
        by_name = {wheel.name: wheel for wheel in self._wanted.values()}
        if not by_name:
            return lock
        return replace(lock, packages=[_stored(package, by_name.get(package.name)) for package in lock.packages])

    def _with_files(self, folder: Path) -> VersionQuery:
        requirements = self._query.requirements
        lines = tuple(
            self._wanted[line].as_file_in(folder) if line in self._wanted else line
            for line in requirements.requirements
            if line in self._wanted or line not in self._named
        )
        return replace(self._query, requirements=replace(requirements, requirements=lines))

    def _write(self, folder: Path) -> None:
        found = {wheel.filename: (wheel, self._store.read_bytes(wheel.key)) for wheel in self._wanted.values()}
        missing = sorted(filename for filename, (_, content) in found.items() if content is None)
        if missing:
            raise StoredWheelMissing(filenames=tuple(missing))
        for filename, (wheel, content) in found.items():
            check_stored(filename, wheel.sha256, content or b"")
            check_local_wheel(filename, content or b"")
            (folder / filename).write_bytes(content or b"")


class _Named:
    """The wheel that a line names."""

    def __init__(self, line: str) -> None:
        self.requirement = Requirement(without_hashes(line))
        self.name = canonicalize_name(self.requirement.name)
        self.filename = filename_of(self.requirement.url or "")
        (self.sha256,) = hashes_of(line)
        self.key = local_wheel_key(self.sha256, self.filename)

    def applies_to(self, target: Target) -> bool:
        marker = self.requirement.marker
        return marker is None or marker.evaluate(cast("dict[str, str]", target.environment))

    def as_file_in(self, folder: Path) -> str:
        requirement = Requirement(str(self.requirement))
        requirement.url = (folder / self.filename).as_uri()
        requirement.marker = None  # it applies: others are left out
        return str(requirement)


def _check_tags(wheels: Mapping[str, _Named], target: Target) -> None:
    unfit = [wheel for wheel in wheels.values() if not fits(wheel.filename, target)]
    if unfit:
        raise NoCompatibleWheel(
            target=target.slug,
            packages=tuple(sorted({wheel.name for wheel in unfit})),
            explanation="\n".join(f"{w.filename}: {why_none_fits([w.filename], target)}" for w in unfit),
        )


def _stored(package: Package, wheel: _Named | None) -> Package:
    if wheel is None:
        return package
    pinned = PackageWheel(path=wheel.key, hashes={"sha256": wheel.sha256})
    return replace(package, archive=None, wheels=[pinned])
