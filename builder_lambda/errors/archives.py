"""Errors of the content and the size of an archive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from builder_lambda.errors.base import LayerError

if TYPE_CHECKING:
    from collections.abc import Mapping


class EmptyLayer(LayerError, code="empty-layer"):
    """The layer would be empty. AWS accepts no archive without a file ("must be a non-empty zip")."""

    summary = "nothing is left to put into the layer"
    cause = "the runtime provides all packages (exclude_runtime_provided), or exclude leaves out all files"
    remedy = "remove this layer, or exclude fewer files"


class OverSizeBudget(LayerError, code="over-size-budget"):
    """The layer unpacks to more than its own budget."""

    summary = "the {subject} unpacks to {unpacked_bytes:,} bytes; its size_budget is {size_budget:,}"
    cause = "the packages above are the biggest"
    remedy = "leave out or slim what is not needed, or raise size_budget"

    unpacked_bytes: int
    size_budget: int
    biggest: tuple[tuple[str, int], ...]
    """The largest distributions with their unpacked bytes, largest first."""

    subject: str = "layer"

    def _details(self) -> tuple[str, ...]:
        return tuple(f"{size / 1_000_000:9,.1f} MB  {name}" for name, size in self.biggest)


class LayerTooLarge(LayerError, code="layer-too-large"):
    """The layer unpacks to more than Lambda allows."""

    summary = (
        "the {subject} unpacks to {unpacked_bytes:,} bytes; Lambda allows {limit:,} for a function and all its layers"
    )
    cause = "the packages above are the biggest"
    remedy = "slim it (slim: safe), leave out or replace one of them, or move it to a container image function"

    unpacked_bytes: int
    limit: int
    biggest: tuple[tuple[str, int], ...]
    """The largest distributions with their unpacked bytes, largest first."""

    subject: str = "layer"
    """What is too large: a layer, or a deployment package."""

    def _details(self) -> tuple[str, ...]:
        return tuple(f"{size / 1_000_000:9,.1f} MB  {name}" for name, size in self.biggest)


class WheelsTooLarge(LayerError, code="wheels-too-large"):
    """The wheels of a layer are larger than Lambda allows even before they are unpacked. Nothing was downloaded."""

    summary = "the wheels of the {subject} have {packed_bytes:,} bytes; Lambda allows {limit:,} unpacked"
    cause = "the packages above are the biggest"
    remedy = "replace one of them, leave out its files by exclude, or move it to a container image function"

    packed_bytes: int
    limit: int
    biggest: tuple[tuple[str, int], ...]
    """The largest wheels with their packed bytes, largest first."""

    subject: str = "layer"

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


@dataclass(frozen=True, kw_only=True, slots=True)
class FileConflict:
    """One path that two distributions own with different content.

    Not a ``Problem``: it names two owners, and its reason is always the same.
    """

    path: str
    first: str
    second: str


class ConflictingFiles(LayerError, code="conflicting-files"):
    """Distributions have different files at the same path. Lists all of them."""

    cause = "two distributions of the same thing are required (such as opencv-python and opencv-python-headless)"
    remedy = (
        "require only one of the two, or leave the path out by a pattern of exclude if nothing needs it; "
        "which file wins would otherwise depend on the order of installation"
    )

    records: ClassVar[Mapping[str, type]] = {"conflicts": FileConflict}

    conflicts: tuple[FileConflict, ...]

    def _what(self) -> str:
        count = len(self.conflicts)
        paths = f"{count} paths are" if count != 1 else "1 path is"
        return f"{paths} brought by two distributions with different content"

    def _details(self) -> tuple[str, ...]:
        return tuple(f"{item.path}: {item.first} and {item.second}" for item in self.conflicts)


class UnreadableArchive(LayerError, code="unreadable-archive"):
    """A file to inspect is not a zip archive, or is damaged."""

    summary = "the archive {path!r} cannot be read: {reason}"
    cause = "it is not a zip archive, or it was truncated or changed in transit"
    remedy = "give the path of a layer archive, or download or build it again"

    path: str
    reason: str


class ArchiveAltered(LayerError, code="archive-altered"):
    """AWS published other bytes than the builder made. The version was deleted again."""

    summary = "{archive} was published with the sha256 {published}, but the builder made {built}"
    cause = "the archive was overwritten in the bucket between build and publication"
    remedy = (
        "find out who may write to the archive bucket; delete the object named above, and run `pulumi up --refresh`, "
        "which builds it again"
    )

    archive: str
    """Where the archive is: an address in S3."""

    published: str
    built: str
