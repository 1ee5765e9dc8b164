"""Unpack code and layers as Lambda does: keep modes and symbolic links, and let later layers overwrite earlier ones."""

import io
import shutil
import stat
import zipfile
from pathlib import Path


class EscapingEntry(ValueError):
    """An entry of an archive would be written outside the target folder."""


def extract(archive: bytes, folder: Path) -> None:
    """Unpack `archive` below `folder`. Overwrite existing files.

    :raises EscapingEntry: if the name of an entry leads out of `folder`.
    """
    with zipfile.ZipFile(io.BytesIO(archive)) as zipped:
        for entry in zipped.infolist():
            target = folder / entry.filename
            if not target.resolve().is_relative_to(folder.resolve()):
                raise EscapingEntry(f"zip entry {entry.filename!r} leads out of the archive")
            if entry.is_dir():
                target.mkdir(parents=True, exist_ok=True)
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.is_symlink() or target.exists():
                target.unlink()
            _write(zipped, entry, target)


def _write(zipped: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path) -> None:
    mode = entry.external_attr >> 16
    if stat.S_ISLNK(mode):
        target.symlink_to(zipped.read(entry).decode())
        return
    with zipped.open(entry) as source, target.open("wb") as written:
        shutil.copyfileobj(source, written)
    if mode & 0o777:
        target.chmod(mode & 0o777)
