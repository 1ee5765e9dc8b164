"""Looks up the URLs of wheels in locks that have only their names and sha256.

Such a lock (``poetry.lock``) names a wheel by its package URL (ECMA-427, type ``pypi``, qualifier ``file_name``). So it
can be stored and sent like any PEP 751 lock. The URL is looked up when the wheel is fetched, where the credentials of
the index are. Any index with a file of this name will do, since the bytes must have the sha256 of the lock.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from builder_lambda.contract.concurrency import PARALLEL_REQUESTS
from builder_lambda.errors.resolution import UnknownPackage
from builder_lambda.errors.wheels import WheelHashMismatch, WheelMissing
from builder_lambda.locks.package_url import has_no_address

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder_lambda.archive.mapped_memory import WheelBytes
    from builder_lambda.contract.index_listing import IndexedFile, IndexListing
    from builder_lambda.contract.locked_wheel import LockedWheel
    from builder_lambda.ports.ports import WheelIndex


def with_address(wheel: LockedWheel, files: Sequence[IndexedFile]) -> LockedWheel | None:
    """Return the wheel with the URL of the file of its name, or ``None`` if no file has this name.

    :raises WheelHashMismatch: if the index lists another sha256 for its file of this name.
    """
    found = [file for file in files if file.filename == wheel.filename]
    same = [file for file in found if file.sha256 in (None, wheel.sha256)]
    if same:
        return replace(wheel, url=same[0].url, size=same[0].size if wheel.size is None else wheel.size)
    if found:
        raise WheelHashMismatch(filename=wheel.filename, expected=(wheel.sha256,), actual=str(found[0].sha256))
    return None


class AddressingWheelIndex:
    """Fetches wheels from another index, after it has looked up missing URLs."""

    def __init__(self, index: WheelIndex, listing: IndexListing) -> None:
        self._index = index
        self._listing = listing

    def fetch(self, wheels: Sequence[LockedWheel]) -> Iterator[WheelBytes]:
        """See :class:`~builder_lambda.ports.ports.WheelIndex`.

        :raises WheelMissing: naming every wheel that the index does not have.
        """
        without_url = [wheel for wheel in wheels if has_no_address(wheel)]
        if not without_url:
            return self._index.fetch(wheels)
        with ThreadPoolExecutor(PARALLEL_REQUESTS) as threads:
            found = dict(zip(without_url, threads.map(self._find, without_url), strict=True))
        missing = sorted(wheel.filename for wheel, addressed in found.items() if addressed is None)
        if missing:
            raise WheelMissing(filenames=tuple(missing))
        return self._index.fetch([found.get(wheel) or wheel for wheel in wheels])

    def _find(self, wheel: LockedWheel) -> LockedWheel | None:
        try:
            return with_address(wheel, self._listing.files(wheel.name))
        except UnknownPackage:
            return None
