"""Make small shared libraries that say which others they need, for a machine, with which versions of symbols."""

import struct
from collections.abc import Mapping, Sequence

_HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
_SEGMENT = struct.Struct("<IIQQQQQQ")
_SECTION = struct.Struct("<IIQQQQIIQQ")
_VERNEED, _VERNAUX = struct.Struct("<HHIII"), struct.Struct("<IHHII")
_MACHINES = {"x86_64": 62, "aarch64": 183, "i386": 3}
_PT_LOAD, _PT_DYNAMIC = 1, 2
_STRTAB, _DYNAMIC, _GNU_VERNEED = 3, 6, 0x6FFFFFFE
_DT_NULL, _DT_NEEDED, _DT_STRTAB, _DT_STRSZ = 0, 1, 5, 10


def make_library(
    *,
    machine: str = "x86_64",
    needed: Sequence[str] = ("libc.so.6",),
    versions: Mapping[str, Sequence[str]] | None = None,
) -> bytes:
    """Return a shared library (System V ABI; symbol versions: Linux Standard Base, "Symbol Versioning").

    :param versions: versions of symbols that it needs, by library.
    """
    wanted = {"libc.so.6": ["GLIBC_2.17"]} if versions is None else versions
    strings = bytearray(b"\0")

    def named(text: str) -> int:
        strings.extend(text.encode() + b"\0")
        return len(strings) - len(text) - 1

    entries = [(_DT_NEEDED, named(library)) for library in needed]
    verneed = bytearray()
    for number, (library, symbols) in enumerate(wanted.items(), 1):
        size = _VERNEED.size + _VERNAUX.size * len(symbols)
        verneed += _VERNEED.pack(1, len(symbols), named(library), _VERNEED.size, 0 if number == len(wanted) else size)
        for index, symbol in enumerate(symbols, 1):
            follows = 0 if index == len(symbols) else _VERNAUX.size
            verneed += _VERNAUX.pack(0, 0, index + 1, named(symbol), follows)

    start = _HEADER.size + 2 * _SEGMENT.size
    needs_at = start + len(strings)
    dynamic_at = needs_at + len(verneed)
    entries += [(_DT_STRTAB, start), (_DT_STRSZ, len(strings)), (_DT_NULL, 0)]
    dynamic = b"".join(struct.pack("<QQ", *entry) for entry in entries)
    names = b"\0.dynstr\0.gnu.version_r\0.dynamic\0.shstrtab\0"
    names_at = dynamic_at + len(dynamic)
    sections_at = names_at + len(names)
    end = sections_at + 5 * _SECTION.size

    header = _HEADER.pack(
        b"\x7fELF\x02\x01\x01", 3, _MACHINES[machine], 1, 0, _HEADER.size, sections_at, 0,
        _HEADER.size, _SEGMENT.size, 2, _SECTION.size, 5, 4,
    )  # fmt: skip
    segments = _SEGMENT.pack(_PT_LOAD, 4, 0, 0, 0, end, end, 1)
    segments += _SEGMENT.pack(_PT_DYNAMIC, 4, dynamic_at, dynamic_at, dynamic_at, len(dynamic), len(dynamic), 8)
    sections = bytes(_SECTION.size)
    for name, kind, at, size, link, info, entry_size in (
        (".dynstr", _STRTAB, start, len(strings), 0, 0, 0),
        (".gnu.version_r", _GNU_VERNEED, needs_at, len(verneed), 1, len(wanted), 0),
        (".dynamic", _DYNAMIC, dynamic_at, len(dynamic), 1, 0, 16),
        (".shstrtab", _STRTAB, names_at, len(names), 0, 0, 0),
    ):
        sections += _SECTION.pack(names.index(name.encode()), kind, 2, at, at, size, link, info, 1, entry_size)
    return header + segments + bytes(strings) + bytes(verneed) + dynamic + names + sections
