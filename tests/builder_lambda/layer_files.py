"""A layer as paths and contents, for everything that decides by these."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class LayerFiles:
    """Gives sizes and contents, and remembers what was asked for."""

    def __init__(self, contents: Mapping[str, str | bytes]) -> None:
        self.contents = {
            path: content.encode() if isinstance(content, str) else content for path, content in contents.items()
        }
        self.read: list[str] = []

    @property
    def sizes(self) -> dict[str, int]:
        return {path: len(content) for path, content in self.contents.items()}

    def source_of(self, path: str) -> bytes:
        self.read.append(path)
        return self.contents[path]


def download(folder: Path, *requirements: str) -> LayerFiles:
    """Return the files of the wheels that the package index has for this machine, with all that they require."""
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--only-binary",
            ":all:",
            "-d",
            str(folder),
            *requirements,
        ],
        check=True,
    )
    contents: dict[str, str | bytes] = {}
    for wheel in sorted(folder.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            contents.update(
                (name, archive.read(name))
                for name in archive.namelist()
                if not name.endswith("/") and ".data/" not in name
            )
    return LayerFiles(contents)


def unpack(files: Mapping[str, bytes], folder: Path) -> None:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
