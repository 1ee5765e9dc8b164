"""Strips shared libraries of what the loader never reads, without moving anything else.

Symbol tables and debugging sections belong to no segment. Those behind the last segment are cut off. Those between
segments are overwritten with zeros, which compress well. Offsets do not change: tools that close the gaps break
libraries that patchelf has rearranged ("not page-aligned" on import).

Handles 64-bit little-endian ELF, the only form that Lambda runs. A file with any unknown part is left unchanged.
Source of the layout: System V ABI, chapters "ELF Header", "Sections" and "Program Header".
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import NamedTuple

SMALLEST_SAVING = 64 * 1024
"""In bytes. A smaller saving is not worth the loss of symbols and the time to compress the file again."""

_IDENTITY = b"\x7fELF\x02\x01"
_HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
_SEGMENT = struct.Struct("<IIQQQQQQ")
_SECTION = struct.Struct("<IIQQQQIIQQ")
_SHARED_OR_EXECUTABLE = (2, 3)
_SHT_NULL, _SHT_PROGBITS, _SHT_NOBITS = 0, 1, 8
_SHT_TOOLS = frozenset({2, 3, 4, 7, 9, 17})
"""Symbols, strings, relocations, notes and groups, which linkers and debuggers read."""
_SHF_ALLOC = 2
_E_SHOFF = slice(0x28, 0x30)
_E_SHENTSIZE_TO_END = slice(0x3A, 0x40)

_MOST_PARTS = 1000
"""Sections or segments. Libraries have some dozens; the limit bounds the work on a malicious file."""
_NAMES_FOR_DEBUGGERS = (b".debug", b".zdebug", b".gnu", b".comment", b".stab", b".line", b".gdb", b".note", b".annobin")
_LARGEST_PADDING = 64
"""Bytes between sections that count as alignment. More of them may be data of a program, unless all are zero."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StrippedFile:
    """A shared library that works as before and compresses better."""

    content: bytes
    cut_bytes: int
    """Removed from its end."""
    zeroed_bytes: int
    """Overwritten with zeros before the last segment."""


class _Range(NamedTuple):
    start: int
    end: int

    @property
    def is_empty(self) -> bool:
        return self.start == self.end

    def overlaps(self, other: _Range) -> bool:
        return self.start < other.end and other.start < self.end


class _Section(NamedTuple):
    name: int
    kind: int
    flags: int
    place: _Range


class _LeaveAlone(Exception):
    """A part of the file is unknown."""


def strip(content: bytes) -> StrippedFile | None:
    """Return the library without what only linkers and debuggers read, or ``None`` to leave it unchanged.

    It stays unchanged if stripping saves less than :data:`SMALLEST_SAVING`, if it is not a 64-bit little-endian shared
    library or program, if it has sections of unknown purpose, or if data follows its sections.
    """
    if content[: len(_IDENTITY)] != _IDENTITY:
        return None
    try:
        return _strip(content)
    except (_LeaveAlone, struct.error):
        return None


def _strip(content: bytes) -> StrippedFile | None:
    (_, kind, _, _, _, segments_at, sections_at, _, _, segment_size, segments, section_size, sections, names_index) = (
        _HEADER.unpack_from(content)
    )
    _require(kind in _SHARED_OR_EXECUTABLE)
    # Zero sections mean none, or too many for the field. So do 0xffff segments.
    _require(0 < segments <= _MOST_PARTS and segment_size == _SEGMENT.size)
    _require(0 < sections <= _MOST_PARTS and section_size == _SECTION.size and names_index < sections)

    table = _within(content, sections_at, sections * section_size)
    kept = [
        _Range(0, _HEADER.size),
        _within(content, segments_at, segments * segment_size),
        *_segments(content, segments_at, segments),
    ]
    dropped = [table]
    listed = _sections(content, sections_at, sections)
    names = listed[names_index].place
    for section in listed:
        if section.place.is_empty:
            continue
        if section.flags & _SHF_ALLOC:
            kept.append(section.place)
        else:
            _require(_is_for_debuggers(content, names, section))
            dropped.append(section.place)

    end = max(place.end for place in kept)
    _require_no_payload(content, end, dropped)
    stripped = bytearray(content[:end])
    zeroed = 0
    for place in dropped:
        if place.start < end and not any(place.overlaps(other) for other in kept):
            zeroed += place.end - place.start
            stripped[place.start : place.end] = bytes(place.end - place.start)
    cut = len(content) - end
    if cut + zeroed < SMALLEST_SAVING:
        return None
    stripped[_E_SHOFF] = bytes(8)
    stripped[_E_SHENTSIZE_TO_END] = bytes(6)
    return StrippedFile(content=bytes(stripped), cut_bytes=cut, zeroed_bytes=zeroed)


def _segments(content: bytes, at: int, count: int) -> list[_Range]:
    """Return the range of each segment in the file, loaded or not."""
    found = []
    for index in range(count):
        _, _, offset, _, _, size, _, _ = _SEGMENT.unpack_from(content, at + index * _SEGMENT.size)
        if size:
            found.append(_within(content, offset, size))
    return found


def _sections(content: bytes, at: int, count: int) -> list[_Section]:
    found = []
    for index in range(count):
        name, kind, flags, _, offset, size, _, _, _, _ = _SECTION.unpack_from(content, at + index * _SECTION.size)
        in_file = kind not in (_SHT_NULL, _SHT_NOBITS)
        found.append(_Section(name, kind, flags, _within(content, offset, size) if in_file else _Range(0, 0)))
    return found


def _is_for_debuggers(content: bytes, names: _Range, section: _Section) -> bool:
    """Return whether its type or name says so. A program may look up sections of other names in its own file."""
    if section.kind in _SHT_TOOLS:
        return True
    start = names.start + section.name
    name = content[start : content.find(b"\0", start, names.end)] if start < names.end else b""
    return section.kind == _SHT_PROGBITS and name.startswith(_NAMES_FOR_DEBUGGERS)


def _require_no_payload(content: bytes, end: int, dropped: list[_Range]) -> None:
    """Check that only padding is between and behind the sections that are cut off."""
    at = end
    for place in [*sorted(dropped), _Range(len(content), len(content))]:
        if place.start - at > _LARGEST_PADDING:
            _require(not any(content[at : place.start]))
        at = max(at, place.end)


def _within(content: bytes, offset: int, size: int) -> _Range:
    _require(offset + size <= len(content))
    return _Range(offset, offset + size)


def _require(condition: bool) -> None:
    if not condition:
        raise _LeaveAlone
