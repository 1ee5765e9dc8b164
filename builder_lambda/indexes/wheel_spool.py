"""Holds the wheels of a build: in memory up to a bound, then in temporary files.

Without the bound, the largest legal layer does not fit into a function of 512 MB beside the interpreter and its
compilers. ``tempfile.SpooledTemporaryFile`` has a bound for one file only, and returns no buffer without a copy.
"""

from __future__ import annotations

import hashlib
import mmap
import tempfile
from itertools import chain
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple, Protocol

from builder_lambda.errors.files import reporting_os_errors

if TYPE_CHECKING:
    from collections.abc import Iterable

    from builder_lambda.archive.mapped_memory import WheelBytes

BYTES_IN_MEMORY = 128 * 1024 * 1024


class Download(NamedTuple):
    """A downloaded file."""

    content: WheelBytes
    sha256: str
    """In hex."""


class Spool(Protocol):
    """Holds downloads."""

    def take(self, chunks: Iterable[bytes], announced: int) -> Download:
        """Return the file that arrives in ``chunks``.

        :param announced: its length according to the server, or 0.
        """
        ...


class WheelSpool:
    """Holds the wheels of one build. Threads may share it."""

    def __init__(self, bytes_in_memory: int = BYTES_IN_MEMORY) -> None:
        """Keep at most this many bytes in memory."""
        self._left = bytes_in_memory
        self._lock = Lock()

    def take(self, chunks: Iterable[bytes], announced: int) -> Download:
        """See :class:`Spool`.

        The buffer is made in the announced size, so that it is not copied to grow. A wheel that is longer than
        announced is taken too. What arrives counts, whatever was announced: beyond the bound it goes into a file.
        """
        if not self._reserve(announced):
            return _into_file(chunks)
        arriving, content, digest = iter(chunks), bytearray(announced), hashlib.sha256()
        position, reserved = 0, announced
        try:
            for chunk in arriving:
                more = position + len(chunk) - reserved
                if more > 0:
                    if not self._reserve(more):
                        self._release(reserved)
                        reserved = 0
                        del content[position:]
                        return _into_file(chain((content, chunk), arriving))
                    reserved += more
                digest.update(chunk)
                content[position : position + len(chunk)] = chunk
                position += len(chunk)
        except BaseException:
            self._release(reserved)  # for the next attempt
            raise
        self._release(reserved - position)
        del content[position:]
        return Download(content, digest.hexdigest())

    def _reserve(self, size: int) -> bool:
        """Return whether there is memory for ``size`` more bytes. If so, it is reserved."""
        with self._lock:
            fits = size <= self._left
            self._left -= size if fits else 0
        return fits

    def _release(self, size: int) -> None:
        with self._lock:
            self._left += size


def _into_file(chunks: Iterable[bytes | bytearray]) -> Download:
    digest, size = hashlib.sha256(), 0
    with reporting_os_errors(Path(tempfile.gettempdir())), tempfile.TemporaryFile() as file:
        for chunk in chunks:
            digest.update(chunk)
            size += file.write(chunk)
        file.flush()
        # The file has no name. The system deletes it when the map is closed.
        content: WheelBytes = mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ) if size else b""
        return Download(content, digest.hexdigest())
