"""What is known of an archive that was written: what AWS will say of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class WrittenArchive:
    """What was written to a stream."""

    code_sha256: str
    """Base64 of the sha256 of the bytes, which is what AWS calls it."""

    size_bytes: int
