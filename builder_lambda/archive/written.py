"""The hash and the size of a written archive."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class WrittenArchive:
    """The hash and the size of a written archive, as AWS will report them."""

    code_sha256: str
    """AWS's ``CodeSha256``: base64 of the sha256 of the bytes."""

    size_bytes: int
