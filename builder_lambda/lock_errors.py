"""What can be wrong with a lock that is given to us, as faults for a user.

Imports nothing of ours but the root, as ``errors.py`` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from builder_lambda.layer_error import LayerError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True, slots=True)
class LockFault:
    """One reason why a lock cannot be used."""

    subject: str
    """What it is about: a package as ``name version``, or a part of the lock such as ``requires-python``."""

    reason: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.reason}" if self.subject else self.reason


class UnusableLock(LayerError, code="unusable-lock"):
    """A given lock cannot be used for the target. Holds every reason, not the first."""

    cause = "it was made for other Pythons or machines, has another format, or pins what must be built"
    remedy = "lock again with its tool, so that it covers the target with wheels that have a sha256"

    source: str
    """File name of the lock."""

    target: str
    """Slug of the target, such as ``python313-x86_64``."""

    faults: tuple[LockFault, ...]

    def __post_init__(self) -> None:
        """Accept mappings, as they come over the wire."""
        given = cast("tuple[LockFault | Mapping[str, object], ...]", self.faults)
        self.faults = tuple(
            f if isinstance(f, LockFault) else LockFault(**cast("dict[str, Any]", dict(f))) for f in given
        )

    def _what(self) -> str:
        return f"{self.source!r} cannot be used for {self.target}"

    def _details(self) -> tuple[str, ...]:
        return tuple(str(fault) for fault in self.faults)


class WheelMissing(LayerError, code="wheel-missing"):
    """The index does not have wheels that a lock pins by file name and sha256."""

    cause = "they were deleted from the index, or are on an index that the builder is not set up for"
    remedy = "set the builder's index to the one that the lock was made with, or lock again"

    filenames: tuple[str, ...]

    def _what(self) -> str:
        count = len(self.filenames)
        return (
            f"the package index lacks {count} wheels of the lock" if count != 1 else "the package index lacks a wheel"
        )

    def _details(self) -> tuple[str, ...]:
        return self.filenames


class StoredWheelMissing(LayerError, code="stored-wheel-missing"):
    """The archive store does not have wheels that come from no index: local ones, or built ones."""

    cause = "the store was emptied since they were put there, or the lock was made with another store"
    remedy = "run again from the requirements, which stores local wheels and builds what has to be built, or lock again"

    filenames: tuple[str, ...]

    def _what(self) -> str:
        count = len(self.filenames)
        return f"the archive store lacks {f'{count} wheels' if count != 1 else 'a wheel'} of its own"

    def _details(self) -> tuple[str, ...]:
        return self.filenames
