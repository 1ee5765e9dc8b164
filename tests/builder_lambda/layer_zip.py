"""Make layer archives as others make them, right or wrong in a chosen way."""

import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

MAGIC_311, MAGIC_313 = 3495, 3571
UNCHECKED, CHECKED, TIMESTAMP = 0b01, 0b11, 0b00


def pyc(flags: int, magic: int = MAGIC_313) -> bytes:
    """Return bytecode with this header (PEP 552)."""
    return struct.pack("<H2sI8s", magic, b"\r\n", flags, b"12345678") + b"code"


def elf(machine: int, *, order: str = "<") -> bytes:
    """Return the beginning of a native library for a machine (System V ABI)."""
    return b"\x7fELF\x02" + (b"\x01" if order == "<" else b"\x02") + bytes(10) + struct.pack(f"{order}HH", 3, machine)


X86_64, AARCH64 = 62, 183


def distribution(
    name: str, version: str, files: Mapping[str, bytes], *, root: str = "python/", record: bool = True
) -> dict[str, bytes]:
    """Return the files of a distribution with its metadata, as ``pip install --target`` leaves them."""
    folder = f"{name.replace('-', '_')}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\nName: of the text\n".encode()
    found = {f"{root}{path}": content for path, content in files.items()}
    found[f"{root}{folder}/METADATA"] = metadata
    if record:
        # pip lists no bytecode that it has not compiled itself, and scripts where they would be without --target
        listed = [f"../../{path}" if path.startswith("bin/") else path for path in files if not path.endswith(".pyc")]
        rows = [f"{path},,\n" for path in (*listed, f"{folder}/METADATA", f"{folder}/RECORD")]
        found[f"{root}{folder}/RECORD"] = "".join(rows).encode()
    return found


def write_layer(path: Path, *parts: Mapping[str, bytes]) -> Path:
    """Write an archive with these files and a folder: stored, with a fixed date, so that it is always the same."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo("python/"), b"")
        for part in parts:
            for name, content in part.items():
                archive.writestr(zipfile.ZipInfo(name), content)
    return path
