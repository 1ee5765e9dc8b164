"""Errors of wheels."""

from __future__ import annotations

from builder_lambda.errors.base import LayerError


class WheelHashMismatch(LayerError, code="wheel-hash-mismatch"):
    """The bytes of a wheel are not the ones that were pinned."""

    summary = "the wheel {filename!r} does not have the sha256 that is pinned for it"
    cause = "the file was replaced on the index, a proxy changed it, or the pinned hash belongs to another file"
    remedy = "do not deploy it; compare with the publisher's hashes, then correct the pin or the index"

    filename: str
    expected: tuple[str, ...]
    """The sha256 values, in hex, that would have been accepted."""

    actual: str

    def _details(self) -> tuple[str, ...]:
        return (*(f"pinned: {digest}" for digest in self.expected), f"actual: {self.actual}")


class InvalidWheel(LayerError, code="invalid-wheel"):
    """A wheel is damaged or unsafe to unpack."""

    summary = "the wheel {filename!r} cannot be used: {reason}"
    cause = "the tool that made the wheel is broken, or the wheel was made to do harm"
    remedy = "require another version of the package, and report the wheel to its publisher"

    filename: str
    reason: str


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
