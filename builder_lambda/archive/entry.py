"""One file of an archive, as it will be written."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass

STORED, DEFLATED = 0, 8
"""The two methods of the zip format that are used (APPNOTE.TXT 4.4.5)."""

_MOST_INFLATED = 1032
"""Bytes that one byte of a deflate stream can stand for (zlib: "Maximum Compression Factor"). Spool is made for what an
entry says of itself, and what says more than this is not true."""


class DamagedEntry(ValueError):
    """The bytes of an entry are not what it says of them. Whoever made the entry says what that means."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class ArchiveEntry:
    """One file, already packed. Entries that come from a wheel look into the wheel's own bytes."""

    path: str
    """Below the archive's prefix, with ``/``."""

    mode: int
    """0o644 or 0o755."""

    method: int
    crc32: int
    packed: bytes | bytearray | memoryview
    size: int
    """Unpacked, in bytes."""

    sha256: str
    """Of the unpacked content, in hex."""

    owner: str
    """Who brings the file, as ``name version``."""

    @classmethod
    def of(cls, path: str, content: bytes, *, owner: str, mode: int = 0o644) -> ArchiveEntry:
        """Return an entry of content that we made. It is stored, as most compressors give other bytes elsewhere."""
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

    @property
    def sizes(self) -> tuple[int, int]:
        """The packed and the unpacked size, in bytes."""
        return len(self.packed), self.size

    def content(self) -> bytes:
        """Return the unpacked content, checked against size, CRC and digest.

        :raises DamagedEntry: if it is not what the entry says.
        """
        content = self._inflated() if self.method == DEFLATED else bytes(self.packed)
        if len(content) != self.size or zlib.crc32(content) != self.crc32:
            raise DamagedEntry(f"{self.path!r} is damaged")
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise DamagedEntry(f"{self.path!r} is not what the RECORD of {self.owner} declares")
        return content

    def _inflated(self) -> bytes:
        import deflate  # 2.6 times as fast as zlib; most builds read no member

        if self.size > _MOST_INFLATED * len(self.packed):
            raise DamagedEntry(f"{self.path!r} is damaged")
        try:
            # one byte more than there should be, so that a longer stream is noticed
            return bytes(deflate.deflate_decompress(self.packed, self.size + 1))
        except deflate.DeflateError as error:
            raise DamagedEntry(f"{self.path!r} is damaged") from error
