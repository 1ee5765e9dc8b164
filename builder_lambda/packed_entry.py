"""An archive entry of content that we made, as small as it gets."""

from __future__ import annotations

import hashlib

from builder_lambda.archive_entry import ArchiveEntry
from builder_lambda.packed_file import pack


def packed_entry(path: str, content: bytes, *, owner: str, mode: int = 0o644) -> ArchiveEntry:
    """Return an entry of this content, deflated where that makes it smaller."""
    packed = pack(content)
    return ArchiveEntry(
        path=path,
        mode=mode,
        method=packed.method,
        crc32=packed.crc32,
        packed=packed.stream,
        size=packed.size,
        sha256=hashlib.sha256(content).hexdigest(),
        owner=owner,
    )
