"""Every fault that is shown to a user: a stable code, typed fields, and what to do about it.

Imports nothing of ours but the root, so that both sides of the wire (the builder function and the
program that invokes it) can read and raise the same classes. What is not a :class:`LayerError` is a bug.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from builder_lambda.layer_error import LayerError, UnknownFault

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "BuilderCrashed",
    "BuilderMissing",
    "BuilderNotPermitted",
    "BuilderOutOfMemory",
    "BuilderTimedOut",
    "ConflictingFiles",
    "Fault",
    "FileConflict",
    "IndexUnreachable",
    "InvalidLock",
    "InvalidRequirements",
    "InvalidWheel",
    "LayerError",
    "LayerTooLarge",
    "LockMissing",
    "NoCompatibleWheel",
    "TooManyFiles",
    "UnknownFault",
    "UnknownPackage",
    "UnresolvableRequirements",
    "UnsupportedTarget",
    "WheelHashMismatch",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One line of requirements that cannot be used."""

    source: str
    """The file, relative to the folder of the first file, or the name that the caller gave to the list."""

    line: int | None
    """Line number, from 1."""

    text: str
    reason: str

    def __str__(self) -> str:
        place = self.source if self.line is None else f"{self.source}:{self.line}"
        return ": ".join(part for part in (place, self.text, self.reason) if part)


class InvalidRequirements(LayerError, code="invalid-requirements"):
    """Lines of the requirements cannot be used. Holds all of them, not the first."""

    cause = "a spelling error, or a line that only pip on a developer's machine can use"
    remedy = "correct the lines above; each must be a PEP 508 requirement such as 'httpx>=0.27'"

    faults: tuple[Fault, ...]

    def __post_init__(self) -> None:
        """Accept mappings, as they come over the wire."""
        given = cast("tuple[Fault | Mapping[str, Any], ...]", self.faults)
        self.faults = tuple(fault if isinstance(fault, Fault) else Fault(**fault) for fault in given)

    def _what(self) -> str:
        count = len(self.faults)
        return f"{count} requirement line{'s' if count != 1 else ''} cannot be used"

    def _details(self) -> tuple[str, ...]:
        return tuple(str(fault) for fault in self.faults)


class UnknownPackage(LayerError, code="unknown-package"):
    """The index does not have a project that is asked for."""

    summary = "the package index has no project {names}"
    explained_by = ("explanation",)
    cause = "the name is misspelt, or the project is on a private index that the builder is not set up for"
    remedy = "correct the name, or give the index that has it: in the index options, or as UV_INDEX_URL of the builder"

    names: tuple[str, ...]
    explanation: str = ""


class UnresolvableRequirements(LayerError, code="unresolvable-requirements"):
    """No set of versions meets all requirements."""

    summary = "no set of versions meets all requirements"
    explained_by = ("explanation",)
    cause = "two requirements exclude each other, or a version does not exist; the resolver's explanation is above"
    remedy = "widen or remove one of the requirements or constraints that the explanation names"

    explanation: str
    """What the resolver said, whole."""


class NoCompatibleWheel(LayerError, code="no-compatible-wheel"):
    """Packages have no wheel that the target can load."""

    summary = "no wheel of {packages} can be loaded by {target}"
    explained_by = ("explanation",)
    cause = "the versions asked for are published as source only, or for other Pythons, machines or a newer glibc"
    remedy = "allow a version that has a wheel, choose another target, or allow source builds of it"

    target: str
    """Slug of the target, such as ``python313-x86_64``."""

    packages: tuple[str, ...]
    explanation: str = ""


class UnsupportedTarget(LayerError, code="unsupported-target"):
    """The runtime or architecture is not one that is built for."""

    summary = "no layer can be built for runtime {runtime!r} with architecture {architecture!r}"
    cause = "a spelling error, a runtime that this version does not know, or a builder that cannot serve it"
    remedy = "use one of the runtimes and architectures above"

    runtime: str
    architecture: str
    runtimes: tuple[str, ...]
    architectures: tuple[str, ...]
    reason: str = ""

    def _details(self) -> tuple[str, ...]:
        return (self.reason, f"runtimes: {', '.join(self.runtimes)}", f"architectures: {', '.join(self.architectures)}")


class InvalidLock(LayerError, code="invalid-lock"):
    """A lock cannot be read, or was not made for the target."""

    summary = "the lock cannot be used"
    explained_by = ("reason",)
    cause = "it was edited by hand, made by a newer version, or made for another target"
    remedy = "make the lock again from the requirements, for the target"

    reason: str


class LockMissing(LayerError, code="lock-missing"):
    """The archive store does not have the lock that is to be built."""

    summary = "the archive store has no lock {lock_sha256}"
    cause = "the archive bucket was emptied or replaced since the requirements were resolved"
    remedy = "resolve the requirements again, which stores the lock, then build"

    lock_sha256: str


class LayerTooLarge(LayerError, code="layer-too-large"):
    """The layer unpacks to more than Lambda allows."""

    summary = "the {subject} unpacks to {unpacked_bytes:,} bytes; Lambda allows {limit:,} for all of a function"
    cause = "the packages above are the biggest"
    remedy = "slim it (slim: safe), leave out or replace one of them, or move it to a container image function"

    unpacked_bytes: int
    limit: int
    biggest: tuple[tuple[str, int], ...]
    """The largest distributions with their unpacked bytes, largest first."""

    subject: str = "layer"
    """What is too large: a layer, or a function's payload."""

    def _details(self) -> tuple[str, ...]:
        return tuple(f"{size / 1_000_000:9,.1f} MB  {name}" for name, size in self.biggest)


class TooManyFiles(LayerError, code="too-many-files"):
    """The layer has more files than a plain zip archive can list."""

    summary = "the {subject} has {files:,} files; its archive can hold {limit:,}"
    cause = "one of the packages carries a large tree of data files"
    remedy = "split the requirements into two layers"

    files: int
    limit: int
    subject: str = "layer"


class WheelHashMismatch(LayerError, code="wheel-hash-mismatch"):
    """The bytes of a wheel are not the ones that were pinned."""

    summary = "the wheel {filename!r} does not have the sha256 that is pinned for it"
    cause = "the file was replaced on the index, a proxy changed it, or the pinned hash belongs to another file"
    remedy = "do not deploy it; compare with the publisher's hashes, then correct the pin or the index"

    filename: str
    expected: tuple[str, ...]
    """The sha256 values, in hex, that would have been accepted."""

    actual: str

    def _details(self) -> tuple[str, ...]:
        return (*(f"pinned: {digest}" for digest in self.expected), f"actual: {self.actual}")


class InvalidWheel(LayerError, code="invalid-wheel"):
    """A wheel is damaged or unsafe to unpack."""

    summary = "the wheel {filename!r} cannot be used: {reason}"
    cause = "the tool that made the wheel is faulty, or the wheel was made to do harm"
    remedy = "require another version of the package, and report the wheel to its publisher"

    filename: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FileConflict:
    """One path that two distributions own with different content."""

    path: str
    first: str
    second: str


class ConflictingFiles(LayerError, code="conflicting-files"):
    """Distributions bring different files of the same path. Holds all of them."""

    cause = "two distributions of the same thing are required (such as opencv-python and opencv-python-headless)"
    remedy = (
        "require only one of the two, or leave the path out by a pattern of exclude if nothing needs it; "
        "which file wins would otherwise depend on the order of installation"
    )

    conflicts: tuple[FileConflict, ...]

    def __post_init__(self) -> None:
        """Accept mappings, as they come over the wire."""
        given = cast("tuple[FileConflict | Mapping[str, Any], ...]", self.conflicts)
        self.conflicts = tuple(item if isinstance(item, FileConflict) else FileConflict(**item) for item in given)

    def _what(self) -> str:
        count = len(self.conflicts)
        paths = f"{count} paths are" if count != 1 else "1 path is"
        return f"{paths} brought by two distributions with different content"

    def _details(self) -> tuple[str, ...]:
        return tuple(f"{item.path}: {item.first} and {item.second}" for item in self.conflicts)


class IndexUnreachable(LayerError, code="index-unreachable"):
    """The package index does not answer."""

    summary = "the package index cannot be reached"
    explained_by = ("detail",)
    cause = "no route to it (in a VPC the builder needs a NAT gateway or a proxy), wrong credentials, or it is down"
    remedy = "check the index URL and the network of the builder, then run again; nothing was changed"

    detail: str


class BuilderTimedOut(LayerError, code="builder-timed-out"):
    """The builder function ran out of time."""

    summary = "the builder function {function!r} did not finish within {timeout_seconds} seconds"
    cause = "a slow index, or a very large set of packages to resolve"
    remedy = "run again (what was resolved is kept); if it stays so, raise the builder's timeout up to 900 seconds"

    function: str
    timeout_seconds: int


class BuilderOutOfMemory(LayerError, code="builder-out-of-memory"):
    """The builder function ran out of memory."""

    summary = "the builder function {function!r} ran out of its {memory_mb} MB of memory"
    cause = "the wheels of a layer are held in memory while it is built"
    remedy = "raise the builder's memory; 512 MB more than the wheels' size is ample"

    function: str
    memory_mb: int


class BuilderCrashed(LayerError, code="builder-crashed"):
    """The builder function failed with something that is not a fault of the user."""

    summary = "the builder function {function!r} failed"
    explained_by = ("detail",)
    cause = "a fault in the builder; its log group has the traceback"
    remedy = "run again; if it stays so, report it with the lines above"

    function: str
    detail: str


class BuilderNotPermitted(LayerError, code="builder-not-permitted"):
    """AWS denied an action that the build needs."""

    summary = "AWS denied {action}"
    explained_by = ("detail",)
    cause = "the role or the bucket policy does not allow it, or the bucket's KMS key does not"
    remedy = "allow the action on what is named above"

    action: str
    """The IAM action, such as ``s3:PutObject``."""

    detail: str
    """What it was denied on, and AWS's words."""


class BuilderMissing(LayerError, code="builder-missing"):
    """There is no builder function of that name."""

    summary = "there is no builder function {function!r}"
    cause = "it is not deployed yet, was deleted by hand, or is in another account or region"
    remedy = "deploy the builder first (`pulumi up` does, unless --target leaves it out)"

    function: str
