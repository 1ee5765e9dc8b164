"""The derived files of one verified wheel, kept for the next layer with the same wheel.

Where there is a fragment, the files of its wheel were compared with RECORD, so this happens once.

A fragment holds finished entries: bytecode, and libraries without their symbols. The wheel's own members are not in it:
they are copied from the wheel, which is checked against its pin. A fragment that is missing, truncated, changed or of
another key is not used. Its files are then derived again, with the same bytes.

Pure: bytes in and out. A fragment is ``magic | sha256 of all that follows | length of the table | table | streams``.
"""

from __future__ import annotations

import hashlib
import json
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from builder_lambda.archive.entry import ArchiveEntry
from builder_lambda.contract import store_keys

if TYPE_CHECKING:
    from collections.abc import Mapping

_MAGIC = b"python-layers fragment 2\n"
_LENGTH = struct.Struct("<Q")
_TABLE_START = len(_MAGIC) + hashlib.sha256().digest_size


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Fragment:
    """The derived files of one wheel."""

    entries: Mapping[str, ArchiveEntry] = field(default_factory=dict)
    """By path in the layer."""

    not_compiled: Mapping[str, str] = field(default_factory=dict)
    """The reason why a source has no bytecode, by path."""

    unchanged: frozenset[str] = frozenset()
    """Paths of libraries that cannot be made smaller."""


EMPTY = Fragment()


def fragment_key(wheel_sha256: str, *, python_version: str | None, mounted_at: str, builder_version: int) -> str:
    """Return the key of a wheel's fragment: a hash over everything that its bytes depend on.

    :param python_version: the interpreter that compiles, with its patch release; ``None`` if none does.
    """
    parts = [wheel_sha256, python_version, mounted_at, builder_version]
    return store_keys.fragment_key(hashlib.sha256(json.dumps(parts).encode()).hexdigest())


def encode_fragment(fragment: Fragment, key: str) -> bytes:
    """Return a fragment as bytes. :func:`decode_fragment` reads them with the same key."""
    entries = [fragment.entries[path] for path in sorted(fragment.entries)]
    table = json.dumps(
        {
            "key": key,
            "entries": [[e.path, e.mode, e.method, e.crc32, e.size, e.sha256, len(e.packed)] for e in entries],
            "not_compiled": dict(sorted(fragment.not_compiled.items())),
            "unchanged": sorted(fragment.unchanged),
        }
    ).encode()
    rest = b"".join([_LENGTH.pack(len(table)), table, *(entry.packed for entry in entries)])
    return _MAGIC + hashlib.sha256(rest).digest() + rest


def decode_fragment(content: bytes, key: str, *, owner: str) -> Fragment | None:
    """Return the fragment, or ``None`` if the bytes are damaged or of another key.

    :param owner: ``name version`` of the wheel.
    """
    view = memoryview(content)
    rest = view[_TABLE_START:]
    if view[: len(_MAGIC)] != _MAGIC or hashlib.sha256(rest).digest() != view[len(_MAGIC) : _TABLE_START]:
        return None
    position = _LENGTH.size + _LENGTH.unpack_from(rest)[0]
    table = json.loads(bytes(rest[_LENGTH.size : position]))
    if table["key"] != key:
        return None
    entries = {}
    for path, mode, method, crc32, size, sha256, length in table["entries"]:
        entries[path] = ArchiveEntry(
            path=path,
            mode=mode,
            method=method,
            crc32=crc32,
            packed=rest[position : position + length],
            size=size,
            sha256=sha256,
            owner=owner,
        )
        position += length
    return Fragment(entries=entries, not_compiled=table["not_compiled"], unchanged=frozenset(table["unchanged"]))
