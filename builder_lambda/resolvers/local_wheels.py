"""Local wheels in a resolution: a resolver reads them as files, a lock refers to them by their key in the store.

A local wheel is validated before resolving, so that a broken one fails early.
"""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import replace
from email.parser import HeaderParser
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.pylock import PackageWheel
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from builder_lambda.contract.store_keys import LOCAL_SCHEME, local_wheel_key
from builder_lambda.contract.urls import filename_of
from builder_lambda.distributions.wheel_file import WheelFile
from builder_lambda.errors.resolution import NoCompatibleWheel, ResolverFailed, UnresolvableRequirements
from builder_lambda.errors.wheels import InvalidWheel, StoredWheelMissing
from builder_lambda.indexes.stored_wheels import check_stored
from builder_lambda.locks.wheel_fit import fits, why_none_fits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from packaging.pylock import Package, Pylock

    from builder_lambda.contract.targets import Target
    from builder_lambda.ports.ports import ArchiveStore, Resolver
    from builder_lambda.ports.version_query import VersionQuery
    from builder_lambda.requirements.requirement import ParsedRequirement


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


class LocalWheelResolver:
    """Resolves with another :class:`~builder_lambda.ports.ports.Resolver`, which gets local wheels as files."""

    def __init__(self, resolver: Resolver, store: ArchiveStore) -> None:
        """Take local wheels from ``store``."""
        self._resolver = resolver
        self._store = store

    def resolve(self, query: VersionQuery) -> Pylock:
        """See :class:`~builder_lambda.ports.ports.Resolver`.

        :raises StoredWheelMissing: if the store does not have a wheel.
        :raises InvalidWheel: if a file is not a wheel, or has another version than its name says.
        """
        files = _LocalWheelFiles(query, self._store)
        with files.opened() as asked:
            return files.with_store_keys(self._resolver.resolve(asked))


class _LocalWheelFiles:
    """The local wheels of a query: files while versions are chosen, keys of the store afterwards."""

    def __init__(self, query: VersionQuery, store: ArchiveStore) -> None:
        """Take the wheels that the requirements name from ``store``."""
        self._query = query
        self._store = store
        environment = query.target.environment
        self._named = {each: _Named(each) for each in query.requirements.requirements if each.is_local}
        self._wanted = {each: wheel for each, wheel in self._named.items() if each.applies_to(environment)}

    @contextmanager
    def opened(self) -> Iterator[VersionQuery]:
        """Give the query with files in place of the store's wheels. The files exist while the block runs.

        :raises NoCompatibleWheel: if a wheel is not for the target.
        :raises StoredWheelMissing: if the store does not have a wheel.
        :raises InvalidWheel: if a file is not a wheel, or has another version than its name says.
        """
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
        given = tuple(
            self._wanted[each].as_file_in(folder) if each in self._wanted else each
            for each in requirements.requirements
            if each in self._wanted or each not in self._named
        )
        return replace(self._query, requirements=replace(requirements, requirements=given))

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
    """The wheel that a requirement names."""

    def __init__(self, requirement: ParsedRequirement) -> None:
        self.requirement = requirement
        self.name = requirement.name
        self.filename = filename_of(requirement.value.url or "")
        (self.sha256,) = requirement.sha256s
        self.key = local_wheel_key(self.sha256, self.filename)

    def as_file_in(self, folder: Path) -> ParsedRequirement:
        return self.requirement.at((folder / self.filename).as_uri())


def _check_tags(wheels: Mapping[ParsedRequirement, _Named], target: Target) -> None:
    unfit = [wheel for wheel in wheels.values() if not fits(wheel.filename, target)]
    if unfit:
        raise NoCompatibleWheel(
            target=str(target),
            packages=tuple(sorted({wheel.name for wheel in unfit})),
            explanation="\n".join(f"{w.filename}: {why_none_fits([w.filename], target)}" for w in unfit),
        )


def _stored(package: Package, wheel: _Named | None) -> Package:
    if wheel is None:
        return package
    pinned = PackageWheel(path=wheel.key, hashes={"sha256": wheel.sha256})
    return replace(package, archive=None, wheels=[pinned])
