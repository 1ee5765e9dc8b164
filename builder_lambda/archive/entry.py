"""One file of an archive, as it will be written."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import deflate

from builder_lambda.contract.bounds import MOST_INFLATED

if TYPE_CHECKING:
    from collections.abc import Iterator

STORED, DEFLATED = 0, 8
"""The two methods of the zip format that are used (APPNOTE.TXT 4.4.5)."""

_LEVEL = 6
"""2.7 times as fast as zlib at its default, and smaller. Another level gives other bytes: raise the builder version."""


_WHOLE = 1 << 25
"""The most bytes that are inflated at once where pieces will do. zlib inflates larger content, in less memory."""
_PIECE = 1 << 20

_STRICT = 1 << 14
"""The most packed bytes that zlib inflates at once. libdeflate is faster, but reads streams with codes that a block of
fixed codes must not use (RFC 1951, 3.2.6). Tools that use zlib refuse them. Compressors make such blocks of short or
repetitive content only."""


class DamagedEntry(ValueError):
    """The bytes of an entry do not match its size, CRC or digest. The maker of the entry says what that means."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class ArchiveEntry:
    """One file, already packed. Entries of a wheel are views of the wheel's own bytes."""

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
    """The distribution of the file, as ``name version``."""

    @classmethod
    def of(cls, path: str, content: bytes, *, owner: str, mode: int = 0o644) -> ArchiveEntry:
        """Return a stored entry of this content. Suits small files: no compressor takes part."""
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

    @classmethod
    def deflated(
        cls, path: str, content: bytes | bytearray | memoryview, *, owner: str, mode: int = 0o644
    ) -> ArchiveEntry:
        """Return an entry of this content, deflated where that makes it smaller.

        libdeflate is pinned, so the bytes are the same on every machine. It works outside of the interpreter's lock.
        """
        stream = deflate.deflate_compress(content, _LEVEL)
        is_smaller = len(stream) < len(content)
        return cls(
            path=path,
            mode=mode,
            method=DEFLATED if is_smaller else STORED,
            crc32=zlib.crc32(content),
            packed=bytes(stream) if is_smaller else content,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            owner=owner,
        )

    @classmethod
    def copied(
        cls, path: str, packed: memoryview, *, method: int, crc32: int, size: int, owner: str, mode: int
    ) -> ArchiveEntry:
        """Return an entry of a member of a zip archive, whose digest is not known yet.

        :raises DamagedEntry: if its content does not have this size and CRC.
        """
        content = _unpacked(path, packed, method, crc32, size)
        return cls(
            path=path,
            mode=mode,
            method=method,
            crc32=crc32,
            packed=packed,
            size=size,
            sha256=hashlib.sha256(content).hexdigest(),
            owner=owner,
        )

    @property
    def sizes(self) -> tuple[int, int]:
        """Return the packed and the unpacked size, in bytes."""
        return len(self.packed), self.size

    def content(self) -> bytes:
        """Return the unpacked content, checked against size, CRC and digest.

        :raises DamagedEntry: if it does not match them.
        """
        content = _unpacked(self.path, self.packed, self.method, self.crc32, self.size)
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise self._other_content()
        return content

    def check(self) -> None:
        """Compare the content with size, CRC and digest. The interpreter's lock is free while bytes are hashed.

        :raises DamagedEntry: if it does not match them.
        """
        digest, size, crc32 = hashlib.sha256(), 0, 0
        for piece in unpacked_pieces(self.path, self.packed, self.method, self.size):
            size += len(piece)
            crc32 = deflate.crc32(piece, crc32)  # eight times as fast as zlib's
            digest.update(piece)
        if size != self.size or crc32 != self.crc32:
            raise DamagedEntry(f"{self.path!r} is damaged")
        if digest.hexdigest() != self.sha256:
            raise self._other_content()

    def _other_content(self) -> DamagedEntry:
        return DamagedEntry(f"{self.path!r} is not what the RECORD of {self.owner} declares")


def _unpacked(path: str, packed: bytes | bytearray | memoryview, method: int, crc32: int, size: int) -> bytes:
    content = bytes(_inflated(path, packed, size) if method == DEFLATED else packed)
    if len(content) != size or zlib.crc32(content) != crc32:
        raise DamagedEntry(f"{path!r} is damaged")
    return content


def _inflated(path: str, packed: bytes | bytearray | memoryview, size: int) -> bytes | bytearray:
    if size > MOST_INFLATED * len(packed):  # it cannot be true; refused before memory is reserved for it
        raise DamagedEntry(f"{path!r} is damaged")
    if len(packed) <= _STRICT:
        return _strictly_inflated(path, packed, size)
    try:
        # 2.6 times as fast as zlib. Room for one byte more, so that a longer stream is noticed.
        return deflate.deflate_decompress(packed, size + 1)
    except deflate.DeflateError as error:
        raise DamagedEntry(f"{path!r} is damaged") from error


def _strictly_inflated(path: str, packed: bytes | bytearray | memoryview, size: int) -> bytes:
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        content = stream.decompress(packed, size + 1)
    except zlib.error as error:
        raise DamagedEntry(f"{path!r} is damaged") from error
    if not stream.eof:
        raise DamagedEntry(f"{path!r} is damaged")
    return content


def unpacked_pieces(
    path: str, packed: bytes | bytearray | memoryview, method: int, size: int
) -> Iterator[bytes | bytearray | memoryview]:
    """Yield the unpacked content of a zip member of this size, in pieces. The caller compares size and CRC.

    :raises DamagedEntry: if it is not a deflate stream, or is longer than ``size``.
    """
    if method != DEFLATED:
        yield packed
    elif size <= _WHOLE:
        yield _inflated(path, packed, size)
    else:
        yield from _inflated_pieces(path, packed, size)


def _inflated_pieces(path: str, packed: bytes | bytearray | memoryview, size: int) -> Iterator[bytes]:
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    left = size + 1  # so that a longer stream is noticed
    try:
        for start in range(0, len(packed), _PIECE // 4):
            rest: bytes | bytearray | memoryview = packed[start : start + _PIECE // 4]
            is_drained = False
            while left > 0 and not is_drained:
                most = min(_PIECE, left)
                piece = stream.decompress(rest, most)
                rest = stream.unconsumed_tail
                is_drained = len(piece) < most and not rest
                left -= len(piece)
                yield piece
    except zlib.error as error:
        raise DamagedEntry(f"{path!r} is damaged") from error
    if not stream.eof:
        raise DamagedEntry(f"{path!r} is damaged")
