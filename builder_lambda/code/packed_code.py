"""Files of function code or of a module, ready to be stored.

The name of a stored zip is a hash over its files, not over its bytes. A preview therefore deflates nothing that was
deflated before, and only a change of a file, its path or its mode is a change.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING

from builder_lambda.archive.archive import content_hash
from builder_lambda.archive.entry import ArchiveEntry
from builder_lambda.archive.zip_writer import zip_of
from builder_lambda.contract.store_keys import module_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, kw_only=True, slots=True)
class PackedCode:
    """Files with the key of their zip in the store. Equal files are equal values."""

    sha256: str
    """The content hash: sha256, in hex, over path, mode and digest of each file."""

    entries: tuple[ArchiveEntry, ...] = field(compare=False, repr=False)
    """The files as they were read, ordered by path."""

    @classmethod
    def of(cls, entries: Iterable[ArchiveEntry]) -> PackedCode:
        """Return the value of these stored entries, in any order."""
        ordered = tuple(sorted(entries, key=attrgetter("path")))
        return cls(sha256=content_hash(ordered), entries=ordered)

    @property
    def key(self) -> str:
        """Return where the store has the zip."""
        return module_key(self.sha256)

    @property
    def files(self) -> Mapping[str, bytes]:
        """Return the content of each file, by path."""
        return {entry.path: bytes(entry.packed) for entry in self.entries}

    def zipped(self) -> bytes:
        """Return the zip, deflated. The builder copies its members into the archive as they are."""
        return zip_of(
            ArchiveEntry.deflated(entry.path, entry.packed, owner=entry.owner, mode=entry.mode)
            for entry in self.entries
        )
