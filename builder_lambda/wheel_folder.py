"""Wheels on this machine's disk."""

from __future__ import annotations

import contextlib
import hashlib
import mmap
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from builder_lambda.cache_bound import note_use

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from builder_lambda.ports import WheelBytes


class WheelFolder:
    """Wheels on a disk, by their sha256; several processes may share the folder."""

    def __init__(self, folder: Path) -> None:
        """Keep wheels below ``folder``, which is made when something is first kept."""
        self._folder = folder

    def read(self, sha256: str) -> WheelBytes | None:
        """Return a wheel as it lies on the disk, or ``None`` if it is damaged or not there."""
        try:
            with self._path(sha256).open("rb") as file:
                content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
                note_use(file.fileno())
        except (OSError, ValueError):  # an empty file has no map
            return None
        return content if hashlib.sha256(content).hexdigest() == sha256 else None

    def write(self, sha256: str, content: WheelBytes) -> None:
        """Keep a wheel if that can be; a full disk is no reason to fail."""
        with contextlib.suppress(OSError), self._part(self._path(sha256).parent) as (file, part):
            file.write(content)
            file.close()
            part.replace(self._path(sha256))

    def take(self, chunks: Iterable[bytes], _announced: int) -> tuple[WheelBytes, str]:
        """Keep a wheel that arrives in pieces; return it and its sha256. See :class:`builder_lambda.wheel_room.Room`.

        :raises OSError: if it cannot be kept.
        """
        digest = hashlib.sha256()
        with self._part(self._folder) as (file, part):
            for chunk in chunks:
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            content: WheelBytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if file.tell() else b""
            path = self._path(digest.hexdigest())
            path.parent.mkdir(exist_ok=True)
            part.replace(path)
        return content, digest.hexdigest()

    @contextmanager
    def _part(self, folder: Path) -> Iterator[tuple[BinaryIO, Path]]:
        """Open a file that is gone after an error, and hidden until it is renamed."""
        folder.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=folder)
        try:
            with os.fdopen(descriptor, "wb+") as file:
                yield file, Path(name)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / f"{sha256}.whl"
