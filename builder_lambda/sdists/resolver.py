"""A resolver that has wheels built from source, for projects that allow it and have no wheel that fits.

It asks for wheels first. Where that fails for allowed projects, the newest sdist of each is built, and the resolution
is asked again with these wheels: of such a project it then knows nothing else. What was built before, of
the same sdist for the same target, is in the archive store.
"""

from __future__ import annotations

import hashlib
import json
import re
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
from builder_lambda.errors.sdists import BuiltWheelUnusable, InvalidSdist, SourceBuildFault, SourceBuildsUnavailable
from builder_lambda.errors.wheels import InvalidWheel, WheelHashMismatch
from builder_lambda.indexes.availability import allowed_versions, missing_wheels
from builder_lambda.indexes.listing import listing_for
from builder_lambda.ports.source_build import SourceBuildBroken, SourceDistribution, StoredWheel
from builder_lambda.sdists.choice import choose_sdist

if TYPE_CHECKING:
    from packaging.pylock import Package, Pylock

    from builder_lambda.archive.mapped_memory import WheelBytes
    from builder_lambda.contract.index_listing import IndexListing
    from builder_lambda.contract.source_policy import AllowSourceBuilds
    from builder_lambda.ports.ports import ArchiveStore, IndexPorts, Ports
    from builder_lambda.ports.version_query import VersionQuery
    from builder_lambda.requirements.requirements import Requirements

_SAFE_NAME = re.compile(r"[\w.!+-]+\.whl", re.ASCII)
_MOST_ROUNDS = 20
"""Each builds at least one project more: what a wheel requires may have to be built too."""


class SourceBuildingResolver:
    """Resolves with another :class:`~builder_lambda.ports.ports.Resolver`, and builds what that finds no wheel of."""

    def __init__(self, indexes: IndexPorts, ports: Ports, allowed: AllowSourceBuilds) -> None:
        """Resolve and fetch with ``indexes``; build and store what is ``allowed`` with ``ports``."""
        self._indexes = indexes
        self._ports = ports
        self._allowed = allowed

    def resolve(self, query: VersionQuery) -> Pylock:
        """See :class:`~builder_lambda.ports.ports.Resolver`.

        :raises SourceBuildFault: if a build fails, with the reason where it is known.
        :raises BuiltWheelUnusable: if what was built is not for the target.
        :raises SourceBuildsUnavailable: if nothing is built here.
        :raises InvalidSdist: if an sdist is damaged, or its index has no sha256 of it.
        """
        built: dict[str, StoredWheel] = {}
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(_MOST_ROUNDS):
                links = {name: self._offer(wheel, Path(folder)) for name, wheel in built.items()}
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
        """Return the sdists of all these projects with their URLs, or ``None`` if one may not be built, or has none."""
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
        """Return the wheel of an sdist, built before or now."""
        accepted = requirements.hashes(source.target.environment).get(source.name)
        if accepted is not None and source.sha256 not in accepted:
            raise WheelHashMismatch(filename=source.filename, expected=tuple(sorted(accepted)), actual=source.sha256)
        store = self._ports.store
        earlier = _earlier(source, store)
        if earlier is not None:
            return earlier
        if self._ports.wheel_builder is None:
            raise SourceBuildsUnavailable(
                reason=f"{source.name} has no wheel that fits, and there is no function for it"
            )
        sdist = LockedWheel(
            filename=source.filename, name=source.name, version=source.version, sha256=source.sha256, url=url
        )
        with self._ports.reporter.arrival("downloading source distributions", 1) as arrived:
            (content,) = self._indexes.wheels.fetch([sdist])
            arrived(len(content))
        try:
            return self._build(source, content)
        except SourceBuildFault as fault:
            missing = missing_wheels([source.name], requirements, source.target, self._listing)
            fault.nearest = missing[0].nearest if missing else None
            raise

    def _build(self, source: SourceDistribution, content: WheelBytes) -> StoredWheel:
        from builder_lambda.distributions.wheel_file import WheelFile
        from builder_lambda.sdists.checks import NeededLibraries, faults_of
        from builder_lambda.sdists.normal_form import normal_form
        from builder_lambda.sdists.reasons import fault_of, needs_libraries

        store, builder = self._ports.store, self._ports.wheel_builder
        if builder is None:
            raise ValueError("there is nothing to build with")
        try:
            with self._ports.reporter.step(f"building {source.name} {source.version} from source"):
                built = builder.build(source, content)
        except SourceBuildBroken as error:
            log = f"{source.place}.log"
            store.write_bytes(log, error.log.encode())
            raise fault_of(error.log, source, log_place=store.location_of(log)) from error
        if not _SAFE_NAME.fullmatch(built.filename):  # it becomes a part of paths, and code of a package chose it
            fault = f"its file name is {built.filename!r}"
            raise BuiltWheelUnusable(filename=source.filename, target=str(source.target), faults=(fault,))
        try:
            wheel = WheelFile(built.filename, built.content)
            faults = faults_of(wheel, source)
            made = normal_form(wheel)
        except NeededLibraries as error:
            raise needs_libraries(error.names, source) from error
        except InvalidWheel as error:
            faults, made = (error.reason,), b""
        if faults:
            raise BuiltWheelUnusable(filename=built.filename, target=str(source.target), faults=faults)
        stored = StoredWheel(filename=built.filename, sha256=hashlib.sha256(made).hexdigest(), place=source.place)
        store.write_bytes(stored.key, made)
        store.write_text(_note_key(source), json.dumps(stored.to_mapping(), sort_keys=True))
        return stored

    def _offer(self, wheel: StoredWheel, folder: Path) -> IndexedFile:
        """Put a wheel where a resolver can read it."""
        file = folder / wheel.filename
        if not file.exists():
            file.write_bytes(self._ports.store.read_bytes(wheel.key) or b"")
        return IndexedFile(filename=wheel.filename, url=file.as_uri(), sha256=wheel.sha256, ignores_age=True)


def _note_key(source: SourceDistribution) -> str:
    return f"{source.place}.json"


def _earlier(source: SourceDistribution, store: ArchiveStore) -> StoredWheel | None:
    """Return the wheel that was built of the same sdist before, if it is still there and whole."""
    text = store.read_text(_note_key(source))
    try:
        wheel = StoredWheel.from_mapping(json.loads(text or ""), place=source.place)
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    content = store.read_bytes(wheel.key)
    is_whole = content is not None and hashlib.sha256(content).hexdigest() == wheel.sha256
    return wheel if is_whole else None


def _stored(package: Package, wheel: StoredWheel | None) -> Package:
    """Return the package with the wheel's key in place of the file that a resolver was offered."""
    if wheel is None:
        return package
    pinned = PackageWheel(path=wheel.key, hashes={"sha256": wheel.sha256})
    return replace(package, archive=None, sdist=None, wheels=[pinned])
