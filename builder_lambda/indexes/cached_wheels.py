"""Wheels that were fetched before, on this machine's disk. What is there is checked like what arrives."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder_lambda.archive.mapped_memory import WheelBytes
    from builder_lambda.contract.locked_wheel import LockedWheel
    from builder_lambda.indexes.wheel_folder import WheelFolder
    from builder_lambda.ports.ports import WheelIndex

_PARALLEL = 4


class WheelCache:
    """A wheel index in front of another one. A file that is damaged or gone is fetched again."""

    def __init__(self, index: WheelIndex, folder: WheelFolder) -> None:
        """Keep what ``index`` fetches in ``folder``."""
        self._index = index
        self._folder = folder
        self._writers = ThreadPoolExecutor(_PARALLEL)  # Python waits for them at its end

    def fetch(self, wheels: Sequence[LockedWheel]) -> Iterator[WheelBytes]:
        """See :class:`~builder_lambda.ports.WheelIndex`. Wheels from the disk stay there until they are looked at."""
        with ThreadPoolExecutor(_PARALLEL) as threads:
            found = list(threads.map(self._folder.read, [wheel.sha256 for wheel in wheels]))
        missing = [wheel for wheel, content in zip(wheels, found, strict=True) if content is None]
        return self._merged(wheels, found, self._index.fetch(missing) if missing else iter(()))

    def _merged(
        self, wheels: Sequence[LockedWheel], found: list[WheelBytes | None], arriving: Iterator[WheelBytes]
    ) -> Iterator[WheelBytes]:
        for wheel, kept in zip(wheels, found, strict=True):
            content = kept if kept is not None else next(arriving)
            if kept is None:
                self._writers.submit(self._folder.write, wheel.sha256, content)
            yield content

    def keep(self, wheels: Sequence[LockedWheel]) -> None:
        """Have the wheels on the disk when this returns, for who reads the folder without the index behind it.

        :raises LayerError: of :meth:`builder_lambda.ports.ports.WheelIndex.fetch`.
        """
        missing = [wheel for wheel in wheels if self._folder.read(wheel.sha256) is None]
        if missing:
            for wheel, content in zip(missing, self._index.fetch(missing), strict=True):
                self._folder.write(wheel.sha256, content)
