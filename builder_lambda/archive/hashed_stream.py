"""A stream whose sha256 is taken beside the writing: both leave the interpreter's lock, none waits for the other.

Hashing takes as long as writing to a disk that has memory to spare; one after the other they were a tenth of a build.
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
"""From here on a piece is passed on as it is; what is smaller is collected, as a turn of both threads costs 20 us."""
_COLLECTED_BYTES = 1 << 20
_AHEAD = 8
"""Pieces that may be written and not yet hashed: bounds the memory that waits."""


class HashedStream:
    """Writes to another stream. A context: all is written, and the sha256 known, when it was left without an error."""

    def __init__(self, stream: BinaryIO) -> None:
        """Write to ``stream``, in large pieces: it need not have a buffer."""
        self._stream = stream
        self._sha256 = hashlib.sha256()
        self._collected = bytearray()
        self._written = Queue[bytes | bytearray | memoryview | None](_AHEAD)
        self._thread: Thread | None = None

    def __enter__(self) -> HashedStream:
        """Start nothing yet."""
        return self

    def __exit__(self, error: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        """Write what was collected, and wait for the other thread."""
        try:
            if error is None:
                self._pass_on_collected(is_last=True)
        finally:
            if self._thread is not None:
                self._written.put(None)
                self._thread.join()

    @property
    def sha256(self) -> bytes:
        """The digest of all that was written."""
        return self._sha256.digest()

    def write(self, content: bytes | bytearray | memoryview) -> int:
        """Write some bytes, which must stay as they are. Returns their count."""
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
