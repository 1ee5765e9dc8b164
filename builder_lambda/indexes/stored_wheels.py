"""Reads local wheels and built wheels from the archive store. They are checked like downloaded ones."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from builder_lambda.errors.wheels import StoredWheelMissing, WheelHashMismatch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder_lambda.archive.mapped_memory import WheelBytes
    from builder_lambda.contract.locked_wheel import LockedWheel
    from builder_lambda.ports.ports import ArchiveStore, WheelIndex


class StoredWheelIndex:
    """A wheel index for wheels in the store. Another index behind it fetches all other wheels."""

    def __init__(self, index: WheelIndex, store: ArchiveStore) -> None:
        """Read from ``store``, and ask ``index`` for wheels with a URL."""
        self._index = index
        self._store = store

    def fetch(self, wheels: Sequence[LockedWheel]) -> Iterator[WheelBytes]:
        """See :class:`~builder_lambda.ports.ports.WheelIndex`.

        :raises StoredWheelMissing: naming every wheel that the store does not have (any more).
        """
        if not any(wheel.path for wheel in wheels):
            return self._index.fetch(wheels)
        found = {wheel: content for wheel in wheels if wheel.path and (content := self._store.read_bytes(wheel.path))}
        missing = sorted(wheel.filename for wheel in wheels if wheel.path and wheel not in found)
        if missing:
            raise StoredWheelMissing(filenames=tuple(missing))
        for wheel, content in found.items():
            check_stored(wheel.filename, wheel.sha256, content)
        others = [wheel for wheel in wheels if not wheel.path]
        arriving = self._index.fetch(others)
        return (found[wheel] if wheel.path else next(arriving) for wheel in wheels)


def check_stored(filename: str, sha256: str, content: bytes) -> None:
    """Check the bytes of a wheel in the store.

    :raises WheelHashMismatch: if they do not have the sha256 of the lock.
    """
    actual = hashlib.sha256(content).hexdigest()
    if actual != sha256:
        raise WheelHashMismatch(filename=filename, expected=(sha256,), actual=actual)
