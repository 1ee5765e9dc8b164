"""What the builder is asked and what it answers, as values and as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from builder_lambda.json_values import (
    mapping_of,
    number_of,
    optional_text_of,
    text_of,
    texts_of,
    whole_number_of,
)
from builder_lambda.targets import Target

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

    def to_mapping(self) -> dict[str, object]:
        """Return the request as JSON values."""
        return {
            "requirements": list(self.requirements),
            "constraints": list(self.constraints),
            "target": _target_mapping(self.target),
            "previous_lock_sha256": self.previous_lock_sha256,
        }

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> ResolveRequest:
        """Return the request that :meth:`to_mapping` described.

        :raises UnsupportedTarget: if the target is not one that layers are built for.
        """
        return cls(
            requirements=texts_of(mapping, "requirements"),
            constraints=texts_of(mapping, "constraints"),
            target=_target(mapping),
            previous_lock_sha256=optional_text_of(mapping, "previous_lock_sha256"),
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


@dataclass(frozen=True, kw_only=True, slots=True)
class BuildRequest:
    """Build the archive of a lock."""

    name: str
    """Name of the layer with its target, such as ``web-python313-x86_64``: the folder of its archives."""

    target: Target
    lock_sha256: str

    def to_mapping(self) -> dict[str, object]:
        """Return the request as JSON values."""
        return {"name": self.name, "target": _target_mapping(self.target), "lock_sha256": self.lock_sha256}

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> BuildRequest:
        """Return the request that :meth:`to_mapping` described.

        :raises UnsupportedTarget: if the target is not one that layers are built for.
        """
        return cls(
            name=text_of(mapping, "name"),
            target=_target(mapping),
            lock_sha256=text_of(mapping, "lock_sha256"),
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

    lock_sha256: str
    size_bytes: int
    unpacked_bytes: int
    packages: Mapping[str, PackageSize]
    """Size by normalised project name."""

    seconds: Mapping[str, float]
    """Time of each stage, and ``total``, when the archive was built."""

    peak_memory_bytes: int
    """Most memory that the building process had held by then."""

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
        }

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> BuildResult:
        """Return the result that :meth:`to_mapping` described."""
        packages, seconds = mapping_of(mapping, "packages"), mapping_of(mapping, "seconds")
        return cls(
            content_hash=text_of(mapping, "content_hash"),
            code_sha256=text_of(mapping, "code_sha256"),
            archive_key=text_of(mapping, "archive_key"),
            lock_sha256=text_of(mapping, "lock_sha256"),
            size_bytes=whole_number_of(mapping, "size_bytes"),
            unpacked_bytes=whole_number_of(mapping, "unpacked_bytes"),
            packages={name: PackageSize.from_mapping(mapping_of(packages, name)) for name in packages},
            seconds={stage: number_of(seconds, stage) for stage in seconds},
            peak_memory_bytes=whole_number_of(mapping, "peak_memory_bytes"),
        )


def _target_mapping(target: Target) -> dict[str, object]:
    return {"runtime": target.runtime, "architecture": target.architecture}


def _target(mapping: Mapping[str, object]) -> Target:
    target = mapping_of(mapping, "target")
    return Target.parse(text_of(target, "runtime"), text_of(target, "architecture"))
