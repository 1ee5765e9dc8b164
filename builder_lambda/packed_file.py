"""Pack the files that the builder itself makes (bytecode, stripped libraries) for the archive.

With libdeflate at a fixed level, through the pinned package ``deflate``: its bytes are the same on every processor,
which zlib's are from build to build and ISA-L's are not at all. What comes out of a wheel is never packed anew.
"""

from __future__ import annotations

import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import deflate

if TYPE_CHECKING:
    from collections.abc import Iterable

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
