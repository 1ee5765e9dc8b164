"""Read the Python version and the validation mode from the header of a ``.pyc`` file (PEP 552).

Pure. ``bytecode/bytecode_worker.py`` writes such files; this module reads those of any compiler.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Literal

HEADER_BYTES = 16
"""Magic number, flags, and either the hash or the time and size of the source."""

Validity = Literal["unchecked", "checked", "timestamp"]
"""When Python loads the file: always; if the source has this hash; if it has this time and size."""

_PYTHON_BY_MAGIC = {
    3379: "3.6",
    3394: "3.7",
    3413: "3.8",
    3425: "3.9",
    3439: "3.10",
    3495: "3.11",
    3531: "3.12",
    3571: "3.13",
    3627: "3.14",
}
"""The magic numbers of released Pythons; within a minor version they do not change (importlib, ``MAGIC_NUMBER``)."""

_HEADER = struct.Struct("<H2sI8s")
_MAGIC_ENDING = b"\r\n"
_HAS_HASH, _IS_CHECKED = 0b01, 0b10


@dataclass(frozen=True, kw_only=True, slots=True)
class BytecodeHeader:
    """The header of a bytecode file."""

    python: str
    """``major.minor``, or ``unknown`` for previews and versions newer than this table."""

    validity: Validity

    @classmethod
    def parse(cls, head: bytes) -> BytecodeHeader | None:
        """Return the header at the start of a file, or ``None`` if it is not bytecode."""
        if len(head) < HEADER_BYTES:
            return None
        magic, ending, flags, _ = _HEADER.unpack_from(head)
        if ending != _MAGIC_ENDING:
            return None
        validity: Validity = "timestamp"
        if flags & _HAS_HASH:
            validity = "checked" if flags & _IS_CHECKED else "unchecked"
        return cls(python=_PYTHON_BY_MAGIC.get(magic, "unknown"), validity=validity)
