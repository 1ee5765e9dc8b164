"""Merge the entries of several distributions into one archive.

Pure, on streams. The order of the distributions does not matter. A file that two of them have must be equal in both.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from builder_lambda.archive.hashed_stream import HashedStream
from builder_lambda.archive.mapped_memory import release_pages
from builder_lambda.archive.written import WrittenArchive
from builder_lambda.archive.zip_writer import MAX_ENTRIES, ZipWriter
from builder_lambda.errors.archives import ConflictingFiles, FileConflict, LayerTooLarge, TooManyFiles

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import BinaryIO

    from builder_lambda.archive.entry import ArchiveEntry

LAYER_PREFIX = "python/"
"""The folder of a layer that is on Lambda's import path (AWS: "Packaging your layer content")."""

MAX_UNPACKED_BYTES = 262_144_000
"""The most that a function with all its layers may unpack to (AWS: "Lambda quotas", 250 MB)."""

_BIGGEST_SHOWN = 8
_MAPPED_BYTES = 8_000_000
"""The most bytes of mapped wheels to keep in memory while the archive is written."""


def content_hash(entries: Iterable[ArchiveEntry], *, prefix: str = "") -> str:
    """Return the sha256, in hex, over path, mode and digest of each entry in this order."""
    digest = hashlib.sha256()
    for entry in entries:
        digest.update(f"{prefix}{entry.path}\0{entry.mode:o}\0{entry.sha256}\n".encode())
    return digest.hexdigest()


@dataclass(frozen=True, kw_only=True, slots=True)
class Archive:
    """The entries of an archive: merged, in order, within Lambda's limits."""

    entries: tuple[ArchiveEntry, ...]
    prefix: str = LAYER_PREFIX

    @classmethod
    def merge(cls, distributions: Iterable[Sequence[ArchiveEntry]], *, prefix: str = LAYER_PREFIX) -> Archive:
        """Return the archive of all these distributions.

        :raises ConflictingFiles: with every path that two of them have with different content.
        :raises LayerTooLarge: if it would unpack to more than Lambda allows. Names the largest distributions.
        :raises TooManyFiles: if it has more files than a zip archive can list.
        """
        archive = cls(entries=_merged(distributions), prefix=prefix)
        unpacked = archive.unpacked_bytes
        if unpacked > MAX_UNPACKED_BYTES:
            raise LayerTooLarge(
                unpacked_bytes=unpacked,
                limit=MAX_UNPACKED_BYTES,
                biggest=archive.biggest,
                subject=archive.subject,
            )
        if len(archive.entries) > MAX_ENTRIES:
            raise TooManyFiles(files=len(archive.entries), limit=MAX_ENTRIES, subject=archive.subject)
        return archive

    @staticmethod
    def has_room_for(unpacked_bytes: int) -> bool:
        """Return whether Lambda allows an archive that unpacks to this much."""
        return unpacked_bytes <= MAX_UNPACKED_BYTES

    @property
    def subject(self) -> str:
        """Return what messages call the archive. Only a deployment package has its files at the root."""
        return "layer" if self.prefix else "deployment package"

    @property
    def unpacked_bytes(self) -> int:
        """Return the unpacked size of all files."""
        return sum(entry.size for entry in self.entries)

    @property
    def content_hash(self) -> str:
        """Return the hash that changes if and only if a file of the archive does."""
        return content_hash(self.entries, prefix=self.prefix)

    @property
    def biggest(self) -> tuple[tuple[str, int], ...]:
        """Return the largest distributions with their unpacked bytes, largest first."""
        return _biggest(self.entries)

    @property
    def notes(self) -> tuple[str, ...]:
        """Return remarks on files that are correct, but may not do what users expect."""
        by_lower_case: dict[str, list[str]] = {}
        for entry in self.entries:
            by_lower_case.setdefault(entry.path.lower(), []).append(entry.path)
        alike = [
            f"{' and '.join(paths)} differ by case only; Lambda has both, a disk that ignores case would not"
            for paths in by_lower_case.values()
            if len(paths) > 1
        ]
        unread = [
            f"{entry.path} has no effect: Python reads .pth files in its own site folders only, not in a {self.subject}"
            for entry in self.entries
            if entry.path.endswith(".pth") and "/" not in entry.path
        ]
        return (*alike, *unread)

    def write(self, stream: BinaryIO) -> WrittenArchive:
        """Write the archive to ``stream``."""
        with HashedStream(stream) as hashed:
            writer = ZipWriter(hashed)
            read = 0
            for entry in self.entries:
                writer.write(self.prefix + entry.path, entry)
                read += len(entry.packed)
                if read > _MAPPED_BYTES:
                    self._release_pages()
                    read = 0
            size = writer.finish()
        return WrittenArchive(code_sha256=base64.b64encode(hashed.sha256).decode(), size_bytes=size)

    def _release_pages(self) -> None:
        wheels = {id(entry.packed.obj): entry.packed.obj for entry in self.entries if type(entry.packed) is memoryview}
        for wheel in wheels.values():
            release_pages(wheel)


def _merged(distributions: Iterable[Sequence[ArchiveEntry]]) -> tuple[ArchiveEntry, ...]:
    """Merge equal files and refuse different ones. The order of ``distributions`` does not matter."""
    ordered = sorted(
        (entry for entries in distributions for entry in entries), key=lambda entry: (entry.path, entry.owner)
    )
    merged: dict[str, ArchiveEntry] = {}
    conflicts = []
    for entry in ordered:
        first = merged.setdefault(entry.path, entry)
        if first.sha256 != entry.sha256:
            conflicts.append(FileConflict(path=entry.path, first=first.owner, second=entry.owner))
        elif first.mode < entry.mode:
            merged[entry.path] = replace(first, mode=entry.mode)
    conflicts += _files_as_folders(merged)
    if conflicts:
        raise ConflictingFiles(conflicts=tuple(conflicts))
    return tuple(merged.values())


def _files_as_folders(entries: dict[str, ArchiveEntry]) -> list[FileConflict]:
    """Return the files that another distribution has as a folder. No file system could hold both."""
    checked = set[str]()
    found = []
    for path, entry in entries.items():
        folder = path.rpartition("/")[0]
        while folder and folder not in checked:
            checked.add(folder)
            if folder in entries:
                found.append(FileConflict(path=folder, first=entries[folder].owner, second=f"{entry.owner} ({path})"))
            folder = folder.rpartition("/")[0]
    return found


def _biggest(entries: Iterable[ArchiveEntry]) -> tuple[tuple[str, int], ...]:
    sizes: dict[str, int] = {}
    for entry in entries:
        sizes[entry.owner] = sizes.get(entry.owner, 0) + entry.size
    return tuple(sorted(sizes.items(), key=lambda item: (-item[1], item[0]))[:_BIGGEST_SHOWN])
