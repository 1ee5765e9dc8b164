"""Stores wheels in a folder of this machine, by their sha256."""

from __future__ import annotations

import contextlib
import hashlib
import mmap
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from builder_lambda.distributions.mapped_wheel import MappedWheel
from builder_lambda.errors.files import reporting_os_errors
from builder_lambda.indexes.wheel_spool import Download, WheelSpool
from builder_lambda.stores.cache_bound import note_use

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from builder_lambda.archive.mapped_memory import WheelBytes


class WheelFolder:
    """A folder of wheels. Several processes may share it."""

    def __init__(self, folder: Path) -> None:
        """Keep wheels below ``folder``. The first wheel creates it."""
        self._folder = folder
        self._taken = set[str]()
        self._fallback = WheelSpool()

    def read(self, sha256: str) -> WheelBytes | None:
        """Return a wheel, mapped into memory, or ``None`` if it is damaged or missing."""
        try:
            with self._path(sha256).open("rb") as file:
                note_use(file.fileno())
                # Read for the digest, not mapped: pages of a map that were read count as memory of the process.
                is_whole = hashlib.file_digest(file, "sha256").hexdigest() == sha256
                return MappedWheel(file.fileno(), 0, access=mmap.ACCESS_READ) if is_whole else None
        except (OSError, ValueError):  # mmap refuses an empty file
            return None

    def write(self, sha256: str, content: WheelBytes) -> None:
        """Write a wheel that :meth:`take` has not written. Errors of the disk are ignored: this is a cache."""
        if sha256 in self._taken and self._path(sha256).exists():
            return
        with contextlib.suppress(OSError), self._part(self._path(sha256).parent) as (file, part):
            file.write(content)
            file.close()
            part.replace(self._path(sha256))

    def take(self, chunks: Iterable[bytes], announced: int) -> Download:
        """Write a wheel while it arrives. See :class:`~builder_lambda.indexes.wheel_spool.Spool`.

        :raises FileNotWritable: if the disk is full before its end.
        """
        if not self._has_room_for(announced):
            return self._fallback.take(chunks, announced)
        digest = hashlib.sha256()
        # A download that breaks off raises an error of urllib3, which is no OSError.
        with reporting_os_errors(self._folder), self._part(self._folder) as (file, part):
            for chunk in chunks:
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            content: WheelBytes = MappedWheel(file.fileno(), 0, access=mmap.ACCESS_READ) if file.tell() else b""
            path = self._path(digest.hexdigest())
            path.parent.mkdir(exist_ok=True)
            part.replace(path)
        self._taken.add(digest.hexdigest())
        return Download(content, digest.hexdigest())

    def _has_room_for(self, size: int) -> bool:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            return os.access(self._folder, os.W_OK) and shutil.disk_usage(self._folder).free > size
        except OSError:
            return False

    @contextmanager
    def _part(self, folder: Path) -> Iterator[tuple[BinaryIO, Path]]:
        """Open a hidden file. An error deletes it."""
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
