"""The archive store in a folder, for builds on this machine."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import tempfile
from typing import TYPE_CHECKING, TypeVar

from builder_lambda.archive.written import WrittenArchive
from builder_lambda.errors.files import reporting_os_errors
from builder_lambda.stores.cache_bound import note_use

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import BinaryIO

_Written = TypeVar("_Written")

_BUFFER_BYTES = 1 << 18
"""Most files of an archive have a few kilobytes. A system call for each took a tenth of the time to write it."""


class LocalArchives:
    """Stores objects as files. Several processes may share the folder."""

    def __init__(self, folder: Path) -> None:
        """Store below ``folder``. The first object creates it."""
        self._folder = folder

    def read_text(self, key: str) -> str | None:
        """See :class:`~builder_lambda.ports.ports.ArchiveStore`."""
        content = self.read_bytes(key)
        try:
            return None if content is None else content.decode("utf-8")
        except UnicodeDecodeError:
            return None  # a damaged file counts as missing

    def write_text(self, key: str, text: str) -> None:
        """See :class:`~builder_lambda.ports.ports.ArchiveStore`."""
        self.write_bytes(key, text.encode("utf-8"))

    def read_bytes(self, key: str) -> bytes | None:
        """See :class:`~builder_lambda.ports.ports.ArchiveStore`."""
        try:
            with self.path(key).open("rb") as file:
                note_use(file.fileno())
                return file.read()
        except FileNotFoundError:
            return None

    def write_bytes(self, key: str, content: bytes) -> None:
        """See :class:`~builder_lambda.ports.ports.ArchiveStore`."""
        self._write(key, lambda file: file.write(content))

    def location_of(self, key: str) -> str:
        """See :class:`~builder_lambda.ports.ports.ArchiveStore`."""
        return str(self.path(key).absolute())

    def find_archive(self, key: str) -> WrittenArchive | None:
        """See :class:`~builder_lambda.ports.ports.ArchiveStore`.

        A file with the time and size of its note is not read again.
        """
        try:
            with self.path(key).open("rb") as file:
                note_use(file.fileno())
                status = os.fstat(file.fileno())
                code_sha256 = self._noted(key, status)
                if code_sha256 is None:
                    code_sha256 = base64.b64encode(hashlib.file_digest(file, "sha256").digest()).decode()
                    self._note(key, status, code_sha256)
        except FileNotFoundError:
            return None
        return WrittenArchive(code_sha256=code_sha256, size_bytes=status.st_size)

    def write_archive(self, key: str, write: Callable[[BinaryIO], WrittenArchive]) -> WrittenArchive:
        """See :class:`~builder_lambda.ports.ports.ArchiveStore`."""
        written, status = self._write(key, write)
        self._note(key, status, written.code_sha256)
        return written

    def has_intact(self, key: str, code_sha256: str) -> bool:
        """Return whether an archive has this sha256, and remove it if not. It reads all of it."""
        try:
            with self.path(key).open("rb") as file:
                actual = base64.b64encode(hashlib.file_digest(file, "sha256").digest()).decode()
        except FileNotFoundError:
            return False
        if actual != code_sha256:
            with reporting_os_errors(self.path(key)):
                self.path(key).unlink()
        return actual == code_sha256

    def path(self, key: str) -> Path:
        """Return the file of a key."""
        return self._folder.joinpath(*key.split("/"))

    def _noted(self, key: str, status: os.stat_result) -> str | None:
        """Return the sha256 in the note of a file, or ``None`` if the file has changed since."""
        text = self.read_text(_note_key(key))
        try:
            size, time, code_sha256 = json.loads(text or "")
        except (TypeError, ValueError):
            return None
        return str(code_sha256) if [size, time] == [status.st_size, status.st_mtime_ns] else None

    def _note(self, key: str, status: os.stat_result, code_sha256: str) -> None:
        self.write_text(_note_key(key), json.dumps([status.st_size, status.st_mtime_ns, code_sha256]))

    def _write(self, key: str, write: Callable[[BinaryIO], _Written]) -> tuple[_Written, os.stat_result]:
        """Write a hidden file and rename it, so that a reader never sees a part.

        :raises FileNotWritable: if the system refuses.
        """
        path = self.path(key)
        with reporting_os_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
            try:
                with os.fdopen(descriptor, "wb", _BUFFER_BYTES) as file:
                    written = write(file)
                    file.flush()
                    status = os.fstat(file.fileno())
                os.replace(name, path)  # noqa: PTH105 - a name, not a path
            except BaseException:
                os.unlink(name)  # noqa: PTH108 - a name, not a path
                raise
        return written, status


def _note_key(key: str) -> str:
    return f"{key}.sha256"
