"""Write zip archives that are the same bytes on every machine.

Members are already packed and are written unchanged. Nothing but the members decides about the bytes: one fixed time,
no extra fields, no comments, no directories.
Layout: APPNOTE.TXT, the zip file format specification, sections 4.3.7 (local header) and 4.3.12 (central directory).
"""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from builder_lambda.archive.entry import ArchiveEntry

MAX_ENTRIES = 0xFFFF
"""The most files that a zip archive without the zip64 extension can list."""

_LOCAL, _CENTRAL, _END = 0x04034B50, 0x02014B50, 0x06054B50
_COMMON = struct.Struct("<HHHIIIIHH")
_VERSION_NEEDED = 20  # 2.0: deflate
_MADE_ON_UNIX = 0x0314  # so that the upper half of the external attributes is the file mode
_JANUARY_1980 = 0x0021 << 16  # the earliest time of the zip format, as MS-DOS date and time
_UTF8_NAME = 0x0800
_REGULAR_FILE = 0o100000


class Writable(Protocol):
    """A stream that an archive is written to."""

    def write(self, content: bytes | bytearray | memoryview, /) -> object:
        """Write all of these bytes."""
        ...


def zip_of(entries: Iterable[ArchiveEntry]) -> bytes:
    """Return a zip archive of these entries, in this order."""
    stream = io.BytesIO()
    writer = ZipWriter(stream)
    for entry in entries:
        writer.write(entry.path, entry)
    writer.finish()
    return stream.getvalue()


class ZipWriter:
    """Writes members one by one. :meth:`finish` completes the archive."""

    def __init__(self, stream: Writable) -> None:
        self._stream = stream
        self._directory = bytearray()
        self._position = 0
        self._count = 0

    def write(self, path: str, entry: ArchiveEntry) -> None:
        """Write one member at ``path``."""
        name = path.encode()
        common = _COMMON.pack(
            _VERSION_NEEDED,
            0 if path.isascii() else _UTF8_NAME,
            entry.method,
            _JANUARY_1980,
            entry.crc32,
            len(entry.packed),
            entry.size,
            len(name),
            0,
        )
        attributes = (_REGULAR_FILE | entry.mode) << 16
        self._directory += struct.pack("<IH", _CENTRAL, _MADE_ON_UNIX) + common
        self._directory += struct.pack("<HHHII", 0, 0, 0, attributes, self._position) + name
        self._stream.write(struct.pack("<I", _LOCAL) + common + name)
        self._stream.write(entry.packed)
        self._position += 4 + _COMMON.size + len(name) + len(entry.packed)
        self._count += 1

    def finish(self) -> int:
        """Write the central directory and return the size of the archive in bytes."""
        end = struct.pack("<IHHHHIIH", _END, 0, 0, self._count, self._count, len(self._directory), self._position, 0)
        self._stream.write(self._directory)
        self._stream.write(end)
        return self._position + len(self._directory) + len(end)
