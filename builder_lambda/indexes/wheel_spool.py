"""Where the bytes of wheels go while a layer is built: into memory, and above a bound into temporary files.

Without it the largest legal layer would not fit into a function of 512 MB beside the interpreter and its compilers.
"""

from __future__ import annotations

import hashlib
import mmap
import tempfile
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from builder_lambda.errors.files import reporting_os_errors

if TYPE_CHECKING:
    from collections.abc import Iterable

    from builder_lambda.archive.mapped_memory import WheelBytes

BYTES_IN_MEMORY = 128 * 1024 * 1024


class Spool(Protocol):
    """Where wheels go."""

    def take(self, chunks: Iterable[bytes], announced: int) -> tuple[WheelBytes, str]:
        """Return a wheel that arrives in pieces, and its sha256 in hex.

        :param announced: how long it says it is, or 0.
        """
        ...


class WheelSpool:
    """Takes the wheels of one build; threads may share it."""

    def __init__(self, bytes_in_memory: int = BYTES_IN_MEMORY) -> None:
        """Keep this many bytes in memory at most."""
        self._left = bytes_in_memory
        self._lock = Lock()

    def take(self, chunks: Iterable[bytes], announced: int) -> tuple[WheelBytes, str]:
        """See :class:`Spool`.

        The buffer is made in the size that is announced, so that it is not copied to grow; a wheel that is longer than
        it said is taken all the same.
        """
        with self._lock:
            fits = announced <= self._left
            self._left -= announced if fits else 0
        if not fits:
            return _into_file(chunks)
        try:
            return _into_memory(chunks, announced)
        except BaseException:
            with self._lock:
                self._left += announced  # the next try has the room of this one
            raise


def _into_memory(chunks: Iterable[bytes], announced: int) -> tuple[bytearray, str]:
    content, digest, position = bytearray(announced), hashlib.sha256(), 0
    for chunk in chunks:
        digest.update(chunk)
        content[position : position + len(chunk)] = chunk
        position += len(chunk)
    del content[position:]
    return content, digest.hexdigest()


def _into_file(chunks: Iterable[bytes]) -> tuple[WheelBytes, str]:
    digest, size = hashlib.sha256(), 0
    with reporting_os_errors(Path(tempfile.gettempdir())), tempfile.TemporaryFile() as file:
        for chunk in chunks:
            digest.update(chunk)
            size += file.write(chunk)
        file.flush()
        # The file has no name; the system drops it with the map.
        content: WheelBytes = mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ) if size else b""
        return content, digest.hexdigest()
