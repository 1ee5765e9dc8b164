"""What the builder is asked and what it answers, as values and as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from builder_lambda.contract.exclude_newer import ExcludeNewer
from builder_lambda.contract.index_options import IndexOptions
from builder_lambda.contract.json_values import (
    mapping_of,
    mappings_of,
    number_of,
    optional_text_of,
    text_of,
    texts_of,
    whole_number_of,
)
from builder_lambda.contract.options import BuildOptions
from builder_lambda.contract.report import Report
from builder_lambda.contract.source_policy import AllowSourceBuilds, allow_source_builds_of
from builder_lambda.contract.store_keys import module_key
from builder_lambda.contract.targets import Target
from builder_lambda.contract.upgrade import Upgrade, upgrade_of

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True, slots=True)
class ResolveRequest:
    """Choose versions for requirements."""

    requirements: tuple[str, ...]
    """Requirement lines; normalised ones make a repeated request the same text."""

    target: Target
    constraints: tuple[str, ...] = ()

    previous_lock_sha256: str | None = None
    """The lock whose versions are kept where the requirements allow it. One that is gone from the store is ignored."""

    upgrade: Upgrade = ()
    """What is not kept of it: everything, or these projects."""

    exclude_newer: str | None = None
    """Leaves out what was uploaded later, or is younger: a date, time or duration as in ``exclude_newer.py``."""

    allow_source_builds: AllowSourceBuilds = ()
    """What may be built from source where no wheel fits: everything, or these projects."""

    index: IndexOptions = field(default_factory=IndexOptions)

    def __post_init__(self) -> None:
        """Check the age.

        :raises InvalidOptions: if it cannot be read.
        """
        if self.exclude_newer is not None:
            ExcludeNewer.parse(self.exclude_newer)

    def to_mapping(self) -> dict[str, object]:
        """Return the request as JSON values."""
        sources = self.allow_source_builds
        return {
            "requirements": list(self.requirements),
            "constraints": list(self.constraints),
            "target": _target_mapping(self.target),
            "previous_lock_sha256": self.previous_lock_sha256,
            "upgrade": self.upgrade if self.upgrade == "all" else list(self.upgrade),
            "exclude_newer": self.exclude_newer,
            "allow_source_builds": sources if sources == "all" else list(sources),
            "index": self.index.to_mapping(),
        }

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> ResolveRequest:
        """Return the request that :meth:`to_mapping` described.

        :raises UnsupportedTarget: if the target is not one that layers are built for.
        :raises InvalidOptions: if what is said of upgrades, ages, source builds or indexes cannot be used.
        """
        return cls(
            requirements=texts_of(mapping, "requirements"),
            constraints=texts_of(mapping, "constraints"),
            target=_target(mapping),
            previous_lock_sha256=optional_text_of(mapping, "previous_lock_sha256"),
            upgrade=upgrade_of(mapping.get("upgrade") or ()),
            exclude_newer=optional_text_of(mapping, "exclude_newer"),
            allow_source_builds=allow_source_builds_of(mapping.get("allow_source_builds") or ()),
            index=_index(mapping),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class ResolveResult:
    """The versions that were chosen; the lock itself is in the archive store."""

    lock_sha256: str
    packages: Mapping[str, str]
    """Version by normalised project name: what the target needs and no more."""

    def to_mapping(self) -> dict[str, object]:
        """Return the result as JSON values."""
        return {"lock_sha256": self.lock_sha256, "packages": dict(self.packages)}

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> ResolveResult:
        """Return the result that :meth:`to_mapping` described."""
        packages = mapping_of(mapping, "packages")
        return cls(
            lock_sha256=text_of(mapping, "lock_sha256"),
            packages={name: text_of(packages, name) for name in packages},
        )


@dataclass(frozen=True, kw_only=True, order=True, slots=True)
class ModuleSource:
    """A module or package of the user's own. Its content is in the store, at ``modules/<sha256>.zip``."""

    name: str
    """What it is imported as."""

    sha256: str
    """The content hash of its files, in hex. ``code/packed_code.py`` computes it."""

    @property
    def key(self) -> str:
        """Where the store has it."""
        return module_key(self.sha256)

    def to_mapping(self) -> dict[str, object]:
        """Return the module as JSON values."""
        return {"name": self.name, "sha256": self.sha256}

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> ModuleSource:
        """Return the module that :meth:`to_mapping` described."""
        return cls(name=text_of(mapping, "name"), sha256=text_of(mapping, "sha256"))


@dataclass(frozen=True, kw_only=True, slots=True)
class BuildRequest:
    """Build the archive of a lock, of function code, or of both."""

    name: str
    """Name of the layer with its target, such as ``web-python313-x86_64``: the folder of its archives."""

    target: Target
    lock_sha256: str | None = None
    """The lock to install; ``None`` if there is function code only."""

    options: BuildOptions = field(default_factory=BuildOptions)
    modules: tuple[ModuleSource, ...] = ()
    function_code_sha256: str | None = None
    """The content hash of function code, in hex, whose files go to the root. ``code/packed_code.py`` computes it."""

    index: IndexOptions = field(default_factory=IndexOptions)
    """Where to look for wheels that the lock has no address of, and how to be let in. It is not part of what is built:
    the lock pins the bytes.
    """

    def to_mapping(self) -> dict[str, object]:
        """Return the request as JSON values. The order of modules does not matter, so they are sorted."""
        return {**self.identity(), "index": self.index.to_mapping()}

    def identity(self) -> dict[str, object]:
        """Return what the archive depends on, as JSON values: everything but where its wheels are found.

        A request without function code has the identity of earlier releases, so that earlier results stay known.
        """
        code = {} if self.function_code_sha256 is None else {"function_code_sha256": self.function_code_sha256}
        return {
            "name": self.name,
            "target": _target_mapping(self.target),
            "lock_sha256": self.lock_sha256,
            "options": self.options.to_mapping(),
            "modules": [module.to_mapping() for module in sorted(set(self.modules))],
            **code,
        }

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> BuildRequest:
        """Return the request that :meth:`to_mapping` described.

        :raises UnsupportedTarget: if the target is not one that layers are built for.
        :raises InvalidOptions: if options cannot be used.
        """
        return cls(
            name=text_of(mapping, "name"),
            target=_target(mapping),
            lock_sha256=optional_text_of(mapping, "lock_sha256"),
            options=BuildOptions.from_mapping(mapping_of(mapping, "options") if mapping.get("options") else {}),
            modules=tuple(ModuleSource.from_mapping(item) for item in mappings_of(mapping, "modules")),
            function_code_sha256=optional_text_of(mapping, "function_code_sha256"),
            index=_index(mapping),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class PackageSize:
    """How much of an archive one package takes."""

    version: str
    size_bytes: int
    """In the archive, packed, without the zip format's own headers."""

    unpacked_bytes: int

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> PackageSize:
        """Return the size that ``dataclasses.asdict`` described."""
        return cls(
            version=text_of(mapping, "version"),
            size_bytes=whole_number_of(mapping, "size_bytes"),
            unpacked_bytes=whole_number_of(mapping, "unpacked_bytes"),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class BuildResult:
    """What was built and what it took."""

    content_hash: str
    """sha256, in hex, over the sorted entries (path, mode, digest): changes if and only if the layer does."""

    code_sha256: str
    """AWS's ``CodeSha256``: base64 of the sha256 of the archive's bytes."""

    archive_key: str
    """Where the archive is in the store: ``archives/<name>/<content_hash>.zip``."""

    lock_sha256: str | None
    size_bytes: int
    unpacked_bytes: int
    packages: Mapping[str, PackageSize]
    """Size by normalised project name."""

    seconds: Mapping[str, float]
    """Time of each stage, and ``total``, when the archive was built."""

    peak_memory_bytes: int
    """Most memory that the building process had held by then."""

    report: Report = field(default_factory=Report)

    def to_mapping(self) -> dict[str, object]:
        """Return the result as JSON values."""
        return {
            "content_hash": self.content_hash,
            "code_sha256": self.code_sha256,
            "archive_key": self.archive_key,
            "lock_sha256": self.lock_sha256,
            "size_bytes": self.size_bytes,
            "unpacked_bytes": self.unpacked_bytes,
            "packages": {name: asdict(size) for name, size in self.packages.items()},
            "seconds": dict(self.seconds),
            "peak_memory_bytes": self.peak_memory_bytes,
            "report": self.report.to_mapping(),
        }

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> BuildResult:
        """Return the result that :meth:`to_mapping` described."""
        packages, seconds = mapping_of(mapping, "packages"), mapping_of(mapping, "seconds")
        return cls(
            content_hash=text_of(mapping, "content_hash"),
            code_sha256=text_of(mapping, "code_sha256"),
            archive_key=text_of(mapping, "archive_key"),
            lock_sha256=optional_text_of(mapping, "lock_sha256"),
            size_bytes=whole_number_of(mapping, "size_bytes"),
            unpacked_bytes=whole_number_of(mapping, "unpacked_bytes"),
            packages={name: PackageSize.from_mapping(mapping_of(packages, name)) for name in packages},
            seconds={stage: number_of(seconds, stage) for stage in seconds},
            peak_memory_bytes=whole_number_of(mapping, "peak_memory_bytes"),
            report=Report.from_mapping(mapping_of(mapping, "report")),
        )


def _target_mapping(target: Target) -> dict[str, object]:
    return {"runtime": target.runtime, "architecture": target.architecture}


def _target(mapping: Mapping[str, object]) -> Target:
    target = mapping_of(mapping, "target")
    return Target.parse(text_of(target, "runtime"), text_of(target, "architecture"))


def _index(mapping: Mapping[str, object]) -> IndexOptions:
    return IndexOptions.from_mapping(mapping_of(mapping, "index") if mapping.get("index") else {})
