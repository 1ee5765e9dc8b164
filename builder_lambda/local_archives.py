"""The archive store in a folder: what S3 is to the function."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import tempfile
from typing import TYPE_CHECKING

from builder_lambda.archive import WrittenArchive

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import BinaryIO


class LocalArchives:
    """Keeps archives and texts as files; several processes may share the folder."""

    def __init__(self, folder: Path) -> None:
        """Keep everything below ``folder``, which is made when something is first stored."""
        self._folder = folder

    def read_text(self, key: str) -> str | None:
        """See :class:`builder_lambda.ports.ArchiveStore`."""
        try:
            return self.path(key).read_bytes().decode("utf-8")
        except FileNotFoundError:
            return None

    def write_text(self, key: str, text: str) -> None:
        """See :class:`builder_lambda.ports.ArchiveStore`."""
        self._write(key, lambda file: file.write(text.encode("utf-8")))

    def find_archive(self, key: str) -> WrittenArchive | None:
        """See :class:`builder_lambda.ports.ArchiveStore`."""
        try:
            with self.path(key).open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").digest()
                return WrittenArchive(code_sha256=base64.b64encode(digest).decode(), size_bytes=file.tell())
        except FileNotFoundError:
            return None

    def write_archive(self, key: str, stream: BinaryIO, archive: WrittenArchive) -> None:
        """See :class:`builder_lambda.ports.ArchiveStore`."""
        del archive  # it is read from the file again
        stream.seek(0)
        self._write(key, lambda file: shutil.copyfileobj(stream, file, 1 << 20))

    def path(self, key: str) -> Path:
        """Return the file of a key."""
        return self._folder.joinpath(*key.split("/"))

    def _write(self, key: str, write: Callable[[BinaryIO], object]) -> None:
        """Write beside the file and rename, so that a reader sees all or nothing."""
        path = self.path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                write(file)
            os.replace(name, path)  # noqa: PTH105 - a name, not a path
        except BaseException:
            os.unlink(name)  # noqa: PTH108 - a name, not a path
            raise
