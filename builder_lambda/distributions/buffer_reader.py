"""A file over a buffer that is not copied. ``io.BytesIO`` would copy a ``bytearray`` or a map."""

from __future__ import annotations

from builder_lambda.distributions.sized_reader import SizedReader


class BufferReader(SizedReader):
    """A readable, seekable file over a buffer that it does not own."""

    def __init__(self, buffer: memoryview) -> None:
        super().__init__(len(buffer))
        self._buffer = buffer

    def part(self, start: int, end: int) -> memoryview:
        """See :class:`SizedReader`."""
        return self._buffer[start:end]
