"""Recognise native libraries, and their machine, by their names and first bytes.

Pure. ELF: System V ABI, "ELF header". Other formats are recognised because layers that were built on a desktop contain
them.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

HEADER_BYTES = 20
"""The number of bytes of a file that are read."""

_NAME = re.compile(r"\.(?:so(?:\.\d+)*|dylib|pyd|dll)$")
_PYTHON = re.compile(r"\.(?:cpython|cp)-?3(\d+)-")
_ELF_MACHINES = {3: "i386", 40: "arm", 62: "x86_64", 183: "aarch64", 243: "riscv"}
_MACH_O = (0xFEEDFACE, 0xFEEDFACF, 0xCEFAEDFE, 0xCFFAEDFE, 0xBEBAFECA, 0xCAFEBABE)


@dataclass(frozen=True, kw_only=True, order=True, slots=True)
class NativeLibrary:
    """A library of machine code, or an extension module."""

    path: str
    """In the archive."""

    machine: str
    """``x86_64`` or ``aarch64`` if Lambda can load it; else the name of the machine or system, or ``unknown``."""

    python: str | None
    """``major.minor``, if the name of an extension module is for one Python only (PEP 3149)."""


def has_library_name(path: str) -> bool:
    """Return whether a file has the name of a native library."""
    return _NAME.search(path) is not None


def native_library(path: str, head: bytes) -> NativeLibrary:
    """Return the library at ``path``, of which ``head`` is the beginning."""
    match = _PYTHON.search(path.rpartition("/")[2])
    return NativeLibrary(path=path, machine=_machine(head), python=f"3.{match[1]}" if match else None)


def _machine(head: bytes) -> str:
    if head.startswith(b"\x7fELF") and len(head) >= HEADER_BYTES:
        order = ">" if head[5] == 2 else "<"
        (number,) = struct.unpack_from(f"{order}H", head, 18)
        return _ELF_MACHINES.get(number, f"ELF machine {number}")
    if len(head) >= 4 and struct.unpack_from("<I", head)[0] in _MACH_O:
        return "macOS"
    return "Windows" if head.startswith(b"MZ") else "unknown"
