"""A readable, seekable file over bytes of known length. Subclasses return its parts."""

from __future__ import annotations

import io
from abc import abstractmethod


class SizedReader(io.RawIOBase):
    """The position of a file, and reads at it."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size
        self._position = 0

    @abstractmethod
    def part(self, start: int, end: int) -> bytes | memoryview:
        """Return the bytes from ``start`` to ``end``, both within the file."""

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def seekable(self) -> bool:
        """Return that it can be positioned."""
        return True

    def tell(self) -> int:
        """Return the position in bytes."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to ``offset`` from the start, the position or the end, and return the position."""
        start = (0, self._position, self._size)[whence]
        if start + offset < 0:
            raise OSError(f"cannot seek to {start + offset}")
        self._position = start + offset
        return self._position

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]  # io always passes a memoryview
        """Fill ``target`` as far as the file goes, and return the number of bytes."""
        start, end = self._position, min(self._position + len(target), self._size)
        if start >= end:
            return 0
        target[: end - start] = self.part(start, end)
        self._position = end
        return end - start
