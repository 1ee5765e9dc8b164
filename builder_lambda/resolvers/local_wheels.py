"""That a user's own wheel is one, before a resolver reads it: what a lock of it would be refused for later."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from email.parser import HeaderParser
from pathlib import Path
from typing import TYPE_CHECKING, cast

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from builder_lambda.contract.store_keys import LOCAL_SCHEME, local_wheel_key
from builder_lambda.contract.urls import filename_of
from builder_lambda.distributions.wheel_file import WheelFile
from builder_lambda.errors.resolution import NoCompatibleWheel, ResolverFailed, UnresolvableRequirements
from builder_lambda.errors.wheels import InvalidWheel, StoredWheelMissing
from builder_lambda.ports.version_policy import KEEP_VERSIONS
from builder_lambda.requirements.line import hashes_of, without_hashes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.pylock import Package, Pylock

    from builder_lambda.contract.targets import Target
    from builder_lambda.ports.ports import ArchiveStore, Resolver
    from builder_lambda.ports.version_policy import VersionPolicy
    from builder_lambda.requirements.requirements import Requirements


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
    """Resolves with another :class:`~builder_lambda.ports.Resolver`, which is given the stored wheels as files."""

    def __init__(self, resolver: Resolver, store: ArchiveStore) -> None:
        self._resolver = resolver
        self._store = store

    def resolve(
        self,
        requirements: Requirements,
        target: Target,
        *,
        previous: Pylock | None = None,
        policy: VersionPolicy = KEEP_VERSIONS,
    ) -> Pylock:
        """See :class:`~builder_lambda.ports.Resolver`.

        :raises StoredWheelMissing: if the store does not have a wheel that a requirement names.
        :raises InvalidWheel: if that is no wheel, or is of another version than its file name says.
        """
        kept = None if previous is None else _without_stored(previous)
        lines = [line for line in requirements.requirements if f" {LOCAL_SCHEME}:" in line]
        if not lines:
            return self._resolver.resolve(requirements, target, previous=kept, policy=policy)
        named = {line: _Named(line) for line in lines}
        find_links = {line: wheel for line, wheel in named.items() if wheel.applies_to(target)}
        _check_tags(find_links, target)
        with tempfile.TemporaryDirectory() as folder:
            self._write(find_links, Path(folder))
            asked = [
                find_links[line].offered_in(Path(folder)) if line in find_links else line
                for line in requirements.requirements
                if line in find_links or line not in named
            ]
            given = replace(requirements, requirements=tuple(asked))
            try:
                lock = self._resolver.resolve(given, target, previous=kept, policy=policy)
            except (NoCompatibleWheel, ResolverFailed, UnresolvableRequirements) as error:
                error.explanation = error.explanation.replace(f"{Path(folder).as_uri()}/", f"{LOCAL_SCHEME}:")
                raise
        by_name = {wheel.name: wheel for wheel in find_links.values()}
        return replace(lock, packages=[_stored(package, by_name.get(package.name)) for package in lock.packages])

    def _write(self, find_links: Mapping[str, _Named], folder: Path) -> None:
        found = {wheel.filename: (wheel, self._store.read_bytes(wheel.key)) for wheel in find_links.values()}
        missing = sorted(filename for filename, (_, content) in found.items() if content is None)
        if missing:
            raise StoredWheelMissing(filenames=tuple(missing))
        from builder_lambda.indexes.stored_wheels import check_stored
        from builder_lambda.resolvers.local_wheels import check_local_wheel

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

    def offered_in(self, folder: Path) -> str:
        requirement = Requirement(str(self.requirement))
        requirement.url = (folder / self.filename).as_uri()
        requirement.marker = None  # it applies; what does not is not find_links
        return str(requirement)


def _check_tags(find_links: Mapping[str, _Named], target: Target) -> None:
    from builder_lambda.locks.wheel_fit import fits, why_none_fits

    unfit = [wheel for wheel in find_links.values() if not fits(wheel.filename, target)]
    if unfit:
        raise NoCompatibleWheel(
            target=target.slug,
            packages=tuple(sorted({wheel.name for wheel in unfit})),
            explanation="\n".join(f"{w.filename}: {why_none_fits([w.filename], target)}" for w in unfit),
        )


def _stored(package: Package, wheel: _Named | None) -> Package:
    if wheel is None:
        return package
    from packaging.pylock import PackageWheel

    pinned = PackageWheel(path=wheel.key, hashes={"sha256": wheel.sha256})
    return replace(package, archive=None, wheels=[pinned])


def _without_stored(previous: Pylock) -> Pylock:
    """Return the lock without files and stored wheels: they are no versions to prefer, who requires them names them."""
    kept = [p for p in previous.packages if not p.archive and all(wheel.url for wheel in p.wheels or ())]
    return previous if len(kept) == len(previous.packages) else replace(previous, packages=kept)
