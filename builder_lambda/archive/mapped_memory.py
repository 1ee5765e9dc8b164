"""Mapped files. A page that was read counts as memory of the process until it is released."""

from __future__ import annotations

import mmap
from typing import TypeAlias

WheelBytes: TypeAlias = bytes | bytearray | mmap.mmap
"""The bytes of a wheel: in memory, or a mapped file that the system reads on access."""


def release_pages(buffer: object) -> None:
    """Release the pages of ``buffer`` if it is a map. The system reads them from the file again on access."""
    if isinstance(buffer, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):  # not on every system
        buffer.madvise(mmap.MADV_DONTNEED)
