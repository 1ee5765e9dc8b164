"""A wheel that a lock pins."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, order=True, slots=True)
class LockedWheel:
    """A wheel that a lock pins, and the sha256 that its bytes must have."""

    filename: str
    name: str
    """Normalised name of the project."""

    version: str
    sha256: str
    """In lower case hex."""

    url: str
    """Where the index had it, without credentials; empty for a wheel that the archive store has."""

    path: str = ""
    """Where the archive store has it: its key, below ``wheels/``; empty for a wheel of an index."""

    size: int | None = field(default=None, compare=False)
    """In bytes, if the lock or the index states it. No part of the identity of a wheel: some locks have no sizes."""
