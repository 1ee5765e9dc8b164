"""The header that stands before the bytes of a zip member.

The central directory repeats it at the end of the file. ``zipfile`` reads the central one, other programs read the
local one. Both must say the same, or two readers could see different content. Format: APPNOTE.TXT 4.3.7 and 4.5.3.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import zipfile

_LOCAL_HEADER = struct.Struct("<4xHHH4xIIIHH")
_SIGNATURE = b"PK\x03\x04"
_ENCRYPTED, _HAS_DESCRIPTOR, _UTF8_NAME = 0x0001, 0x0008, 0x0800
_EXTRA_FIELD = struct.Struct("<HH")
_ZIP64_SIZES = struct.Struct("<QQ")
_ZIP64 = 0x0001
_IN_ZIP64 = 0xFFFFFFFF


def start_of_member(buffer: memoryview, info: zipfile.ZipInfo) -> int | None:
    """Return the position of a member's bytes, or ``None`` if its two headers differ."""
    position = info.header_offset
    if position + _LOCAL_HEADER.size > len(buffer) or buffer[position : position + 4] != _SIGNATURE:
        return None
    _, flags, method, crc32, packed, size, name_length, extra_length = _LOCAL_HEADER.unpack_from(buffer, position)
    name_start = position + _LOCAL_HEADER.size
    extra_start = name_start + name_length
    start: int = extra_start + extra_length
    in_utf8 = info.flag_bits & _UTF8_NAME or info.orig_filename.isascii()  # ASCII is the same in cp437, and faster
    name = info.orig_filename.encode("utf-8" if in_utf8 else "cp437")
    if method != info.compress_type or buffer[name_start:extra_start] != name or flags & _ENCRYPTED:
        return None
    if flags & _HAS_DESCRIPTOR and not info.flag_bits & _HAS_DESCRIPTOR:
        return None  # unzip looks for the descriptor, and ends where there is none
    expected = (info.CRC, info.compress_size, info.file_size)
    if (crc32, packed, size) == expected:
        return start
    if _IN_ZIP64 in (packed, size):
        packed, size = _zip64_sizes(bytes(buffer[extra_start:start]), packed, size)
    declared = (crc32, packed, size)
    if flags & _HAS_DESCRIPTOR:  # its writer did not know them yet, and may have written 0
        declared = (crc32 or info.CRC, packed or info.compress_size, size or info.file_size)
    return start if declared == expected else None


def _zip64_sizes(extra: bytes, packed: int, size: int) -> tuple[int, int]:
    """Return the packed and the unpacked size of the extra field, or the given ones if it has none."""
    position = 0
    while position + _EXTRA_FIELD.size <= len(extra):
        kind, length = _EXTRA_FIELD.unpack_from(extra, position)
        position += _EXTRA_FIELD.size
        if kind == _ZIP64 and length >= _ZIP64_SIZES.size and position + _ZIP64_SIZES.size <= len(extra):
            large_size, large_packed = _ZIP64_SIZES.unpack_from(extra, position)
            return (
                large_packed if packed == _IN_ZIP64 else packed,
                large_size if size == _IN_ZIP64 else size,
            )
        position += length
    return packed, size
