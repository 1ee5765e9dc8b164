"""Reads what a finished archive contains."""

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_METADATA = re.compile(r"(?:^|/)(?P<name>[^/]+)-(?P<version>[^/-]+)\.dist-info/METADATA$")


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchiveFacts:
    """Sizes in bytes, and versions by package."""

    size_bytes: int
    unpacked_bytes: int
    packages: dict[str, str]
    has_bytecode: bool

    @classmethod
    def of(cls, archive: Path) -> Self:
        """Read the central directory of `archive`."""
        with zipfile.ZipFile(archive) as zipped:
            entries = zipped.infolist()
        found = filter(None, (_METADATA.search(entry.filename) for entry in entries))
        return cls(
            size_bytes=archive.stat().st_size,
            unpacked_bytes=sum(entry.file_size for entry in entries),
            has_bytecode=any(entry.filename.endswith(".pyc") for entry in entries),
            packages=dict(sorted((match["name"].lower().replace("-", "_"), match["version"]) for match in found)),
        )
