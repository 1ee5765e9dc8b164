"""One file of an archive, as it will be written."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass

STORED, DEFLATED = 0, 8
"""The two methods of the zip format that are used (APPNOTE.TXT 4.4.5)."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class ArchiveEntry:
    """One file, already packed. Entries that come from a wheel look into the wheel's own bytes."""

    path: str
    """Below the archive's prefix, with ``/``."""

    mode: int
    """0o644 or 0o755."""

    method: int
    crc32: int
    packed: bytes | memoryview
    size: int
    """Unpacked, in bytes."""

    sha256: str
    """Of the unpacked content, in hex."""

    owner: str
    """Who brings the file, as ``name version``."""

    @classmethod
    def of(cls, path: str, content: bytes, *, owner: str, mode: int = 0o644) -> ArchiveEntry:
        """Return an entry of content that we made. It is stored, as what a compressor gives differs by machine."""
        return cls(
            path=path,
            mode=mode,
            method=STORED,
            crc32=zlib.crc32(content),
            packed=content,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            owner=owner,
        )
