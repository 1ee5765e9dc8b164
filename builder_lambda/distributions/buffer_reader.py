"""A file over a buffer that is not copied. ``io.BytesIO`` would copy a ``bytearray`` or a map."""

from __future__ import annotations

import io


class BufferReader(io.RawIOBase):
    """A readable, seekable file over a buffer that it does not own."""

    def __init__(self, buffer: memoryview) -> None:
        super().__init__()
        self._buffer = buffer
        self._position = 0

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
        start = (0, self._position, len(self._buffer))[whence]
        if start + offset < 0:
            raise OSError(f"cannot seek to {start + offset}")
        self._position = start + offset
        return self._position

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]  # io always passes a memoryview
        """Copy as many bytes as there are into ``target``, and return their number."""
        count = max(0, min(len(target), len(self._buffer) - self._position))
        target[:count] = self._buffer[self._position : self._position + count]
        self._position += count
        return count
