"""Memory of files that are mapped: what a process looks at counts as its own, until it lets go of it."""

from __future__ import annotations

import mmap


def let_go(buffer: object) -> None:
    """Give back what was looked at, if ``buffer`` is a map; it is read from the file again where it is needed again."""
    if isinstance(buffer, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):  # not everywhere
        buffer.madvise(mmap.MADV_DONTNEED)
