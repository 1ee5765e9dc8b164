"""Which files of a layer are native libraries, and for which machine, read off their names and first bytes.

Pure. ELF: System V ABI, "ELF header"; the other forms are told apart because layers made on a desktop hold them.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

HEADER_BYTES = 20
"""As much of the file as is looked at."""

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
    """``x86_64`` or ``aarch64`` for what Lambda can load; another machine or system by its name; else ``unknown``."""

    python: str | None
    """``major.minor`` of an extension module that is for one Python only, by its name (PEP 3149)."""


def has_library_name(path: str) -> bool:
    """Tell whether a file is called as native libraries are."""
    return _NAME.search(path) is not None


def native_library(path: str, head: bytes) -> NativeLibrary:
    """Return what the library at ``path`` is, by its name and its first bytes."""
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
