"""Find where an index has the wheels of a lock that knows their names and sha256, but no addresses.

Such a lock (``poetry.lock``) names a wheel by its package URL, a name in the form of a URL
(ECMA-427, type ``pypi``, qualifier ``file_name``), so that it can be stored and travel as any PEP 751 lock.
The address is looked up when the wheel is fetched, by who has the credentials of the index. Any index will do that
has a file of this name: its bytes must have the sha256 of the lock.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from builder_lambda.errors.resolution import UnknownPackage
from builder_lambda.errors.wheels import WheelHashMismatch, WheelMissing
from builder_lambda.locks.package_url import has_no_address

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder_lambda.archive.mapped_memory import WheelBytes
    from builder_lambda.contract.index_listing import IndexedFile, IndexListing
    from builder_lambda.contract.locked_wheel import LockedWheel
    from builder_lambda.ports.ports import WheelIndex


_PARALLEL = 8


def with_address(wheel: LockedWheel, files: Sequence[IndexedFile]) -> LockedWheel | None:
    """Return the wheel with the address of the file of its name, or ``None`` if there is none.

    :raises WheelHashMismatch: if the index says that its file of this name has another sha256.
    """
    found = [file for file in files if file.filename == wheel.filename]
    same = [file for file in found if file.sha256 in (None, wheel.sha256)]
    if same:
        return replace(wheel, url=same[0].url)
    if found:
        raise WheelHashMismatch(filename=wheel.filename, expected=(wheel.sha256,), actual=str(found[0].sha256))
    return None


class AddressingWheelIndex:
    """Fetches wheels by another :class:`~builder_lambda.ports.WheelIndex`, after finding the addresses they lack."""

    def __init__(self, index: WheelIndex, listing: IndexListing) -> None:
        self._index = index
        self._listing = listing

    def fetch(self, wheels: Sequence[LockedWheel]) -> Iterator[WheelBytes]:
        """See :class:`~builder_lambda.ports.WheelIndex`.

        :raises WheelMissing: naming every wheel that the index does not have.
        """
        wanting = [wheel for wheel in wheels if has_no_address(wheel)]
        if not wanting:
            return self._index.fetch(wheels)
        with ThreadPoolExecutor(_PARALLEL) as threads:
            found = dict(zip(wanting, threads.map(self._find, wanting), strict=True))
        missing = sorted(wheel.filename for wheel, addressed in found.items() if addressed is None)
        if missing:
            raise WheelMissing(filenames=tuple(missing))
        return self._index.fetch([found.get(wheel) or wheel for wheel in wheels])

    def _find(self, wheel: LockedWheel) -> LockedWheel | None:
        try:
            return with_address(wheel, self._listing.files(wheel.name))
        except UnknownPackage:
            return None
