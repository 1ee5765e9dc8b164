"""A resolver that builds wheels from source, for projects that allow it and have no wheel that fits.

It resolves with wheels first. If that fails for allowed projects, it builds the newest sdist of each, and resolves
again. These wheels then replace all other files of their projects. The archive store keeps them by sdist and target.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.pylock import PackageWheel
from packaging.specifiers import SpecifierSet

from builder_lambda.contract.index_listing import IndexedFile
from builder_lambda.contract.locked_wheel import LockedWheel
from builder_lambda.contract.source_policy import is_allowed
from builder_lambda.errors.resolution import NoCompatibleWheel, UnknownPackage
from builder_lambda.errors.sdists import InvalidSdist, SourceBuildError, SourceBuildsUnavailable
from builder_lambda.errors.wheels import WheelHashMismatch
from builder_lambda.indexes.availability import allowed_versions, missing_wheels
from builder_lambda.indexes.listing import listing_for
from builder_lambda.ports.source_build import SourceDistribution, StoredWheel
from builder_lambda.sdists.choice import choose_sdist
from builder_lambda.sdists.stored_wheels import find_wheel

if TYPE_CHECKING:
    from packaging.pylock import Package, Pylock

    from builder_lambda.contract.index_listing import IndexListing
    from builder_lambda.contract.source_policy import AllowSourceBuilds
    from builder_lambda.ports.ports import IndexPorts, Ports
    from builder_lambda.ports.version_query import VersionQuery
    from builder_lambda.requirements.requirements import Requirements

_MOST_ROUNDS = 20
"""Each round builds at least one more project: the requirements of a built wheel may have to be built too."""


class SourceBuildingResolver:
    """Resolves with another resolver, and builds the projects for which it finds no wheel."""

    def __init__(self, indexes: IndexPorts, ports: Ports, allowed: AllowSourceBuilds) -> None:
        """Resolve and fetch with ``indexes``. Build ``allowed`` projects and store their wheels with ``ports``."""
        self._indexes = indexes
        self._ports = ports
        self._allowed = allowed

    def resolve(self, query: VersionQuery) -> Pylock:
        """See :class:`~builder_lambda.ports.ports.Resolver`.

        :raises SourceBuildError: if a build fails, with the reason where it is known.
        :raises BuiltWheelUnusable: if a built wheel is not for the target.
        :raises SourceBuildsUnavailable: if nothing is built here.
        :raises InvalidSdist: if an sdist is damaged, or its index has no sha256 of it.
        """
        built: dict[str, StoredWheel] = {}
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(_MOST_ROUNDS):
                links = {name: self._link(wheel, Path(folder)) for name, wheel in built.items()}
                policy = replace(query.policy, find_links={**query.policy.find_links, **links})
                try:
                    lock = self._indexes.resolver.resolve(replace(query, policy=policy))
                except NoCompatibleWheel as error:
                    sources = self._sources([name for name in error.packages if name not in built], query)
                    if sources is None:
                        raise
                    built |= {source.name: self._wheel(source, url, query.requirements) for source, url in sources}
                else:
                    return replace(lock, packages=[_stored(item, built.get(item.name)) for item in lock.packages])
        raise RuntimeError(f"no end of projects to build from source: {sorted(built)}")

    def _sources(self, names: list[str], query: VersionQuery) -> list[tuple[SourceDistribution, str]] | None:
        """Return the sdists of these projects with their URLs, or ``None`` if one has none or may not be built."""
        if not names or not all(is_allowed(name, self._allowed) for name in names):
            return None
        target, policy = query.target, query.policy
        listing, specifiers = listing_for(self._listing, policy), allowed_versions(query.requirements, target)
        preferred = query.preferred.packages if query.preferred is not None else ()
        before: dict[str, str] = {package.name: str(package.version) for package in preferred}
        found = []
        for name in names:
            try:
                files = listing.files(name)
            except UnknownPackage:
                return None  # it is required by URL
            specifier = specifiers.get(name, SpecifierSet())
            chosen = choose_sdist(name, specifier, files, target, preferred=before.get(name))
            if chosen is None:
                return None
            if chosen.file.sha256 is None:
                raise InvalidSdist(filename=chosen.file.filename, reason="the package index has no sha256 of it")
            source = SourceDistribution(
                name=name,
                version=chosen.version,
                filename=chosen.file.filename,
                sha256=chosen.file.sha256,
                target=target,
                uploaded_before=policy.uploaded_before,
            )
            found.append((source, chosen.file.url))
        return found

    @property
    def _listing(self) -> IndexListing:
        if self._indexes.listing is None:
            raise ValueError("these ports have no listing, and source builds need one")
        return self._indexes.listing

    def _wheel(self, source: SourceDistribution, url: str, requirements: Requirements) -> StoredWheel:
        """Return the wheel of an sdist: the stored one, or a new one."""
        accepted = requirements.hashes(source.target.environment).get(source.name)
        if accepted is not None and source.sha256 not in accepted:
            raise WheelHashMismatch(filename=source.filename, expected=tuple(sorted(accepted)), actual=source.sha256)
        store = self._ports.store
        earlier = find_wheel(source, store)
        if earlier is not None:
            return earlier
        builder, reporter = self._ports.wheel_builder, self._ports.reporter
        if builder is None:
            raise SourceBuildsUnavailable(
                reason=f"{source.name} has no wheel that fits, and there is no function for it"
            )
        sdist = LockedWheel(
            filename=source.filename, name=source.name, version=source.version, sha256=source.sha256, url=url
        )
        with reporter.arrival("downloading source distributions", 1) as arrived:
            (content,) = self._indexes.wheels.fetch([sdist])
            arrived(len(content))
        from builder_lambda.sdists.building import build_wheel

        try:
            with reporter.step(f"building {source.name} {source.version} from source"):
                return build_wheel(builder, source, content, store)
        except SourceBuildError as error:
            missing = missing_wheels([source.name], requirements, source.target, self._listing)
            error.nearest = missing[0].nearest if missing else None
            raise

    def _link(self, wheel: StoredWheel, folder: Path) -> IndexedFile:
        """Write a wheel into ``folder``, for the resolver to read."""
        file = folder / wheel.filename
        if not file.exists():
            file.write_bytes(self._ports.store.read_bytes(wheel.key) or b"")
        return IndexedFile(filename=wheel.filename, url=file.as_uri(), sha256=wheel.sha256, ignores_age=True)


def _stored(package: Package, wheel: StoredWheel | None) -> Package:
    """Return the package with the key of its stored wheel in place of the file that the resolver read."""
    if wheel is None:
        return package
    pinned = PackageWheel(path=wheel.key, hashes={"sha256": wheel.sha256})
    return replace(package, archive=None, sdist=None, wheels=[pinned])
