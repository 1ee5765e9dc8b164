"""A stream that computes its sha256 in a second thread while it writes. Both release the interpreter's lock.

Hashing takes as long as writing to the disk cache. One after the other, they took a tenth of a build.
"""

from __future__ import annotations

import hashlib
from queue import Queue
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType
    from typing import BinaryIO

_LARGE_BYTES = 1 << 18
"""Larger pieces are passed on directly. Smaller ones are collected, because a switch of threads costs 20 us."""
_COLLECTED_BYTES = 1 << 20
_AHEAD = 8
"""The most pieces that are written and not yet hashed. Bounds the memory."""


class HashedStream:
    """Writes to another stream. A context manager: after it, all is written and the sha256 is complete."""

    def __init__(self, stream: BinaryIO) -> None:
        """Write to ``stream`` in large pieces. It needs no buffer."""
        self._stream = stream
        self._sha256 = hashlib.sha256()
        self._collected = bytearray()
        self._written = Queue[bytes | bytearray | memoryview | None](_AHEAD)
        self._thread: Thread | None = None

    def __enter__(self) -> HashedStream:
        """Return the stream. The thread starts when there is enough to hash."""
        return self

    def __exit__(self, error: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        """Write the collected bytes and wait for the thread."""
        try:
            if error is None:
                self._pass_on_collected(is_last=True)
        finally:
            if self._thread is not None:
                self._written.put(None)
                self._thread.join()

    @property
    def sha256(self) -> bytes:
        """Return the digest of all bytes that were written."""
        return self._sha256.digest()

    def write(self, content: bytes | bytearray | memoryview) -> int:
        """Write bytes, which must not change afterwards, and return their count."""
        if len(content) >= _LARGE_BYTES:
            self._pass_on_collected()
            self._pass_on(content)
        else:
            self._collected += content
            if len(self._collected) >= _COLLECTED_BYTES:
                self._pass_on_collected()
        return len(content)

    def _pass_on_collected(self, *, is_last: bool = False) -> None:
        collected, self._collected = self._collected, bytearray()
        if is_last and self._thread is None:
            self._sha256.update(collected)  # too little for a thread
            self._stream.write(collected)
        elif collected:
            self._pass_on(collected)

    def _pass_on(self, content: bytes | bytearray | memoryview) -> None:
        if self._thread is None:
            self._thread = Thread(target=self._hash)
            self._thread.start()
        self._written.put(content)
        self._stream.write(content)

    def _hash(self) -> None:
        while (content := self._written.get()) is not None:
            self._sha256.update(content)
