"""Keeps fetched wheels on the disk of this machine. A wheel from the disk is checked like a downloaded one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder_lambda.archive.mapped_memory import WheelBytes
    from builder_lambda.contract.locked_wheel import LockedWheel
    from builder_lambda.indexes.wheel_folder import WheelFolder
    from builder_lambda.ports.ports import WheelIndex

_THREADS = 4
"""Each reads or writes whole wheels, so more of them wait for the disk."""


class WheelCache:
    """A wheel index in front of another one. It fetches damaged and missing files again."""

    def __init__(self, index: WheelIndex, folder: WheelFolder) -> None:
        """Keep the wheels that ``index`` fetches in ``folder``."""
        self._index = index
        self._folder = folder
        self._writers = ThreadPoolExecutor(_THREADS)  # Python waits for them before it exits

    def fetch(self, wheels: Sequence[LockedWheel]) -> Iterator[WheelBytes]:
        """See :class:`~builder_lambda.ports.ports.WheelIndex`. Wheels on the disk are mapped, not read into memory."""
        with ThreadPoolExecutor(_THREADS) as threads:
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
        """Put the wheels on the disk, for a process that reads the folder and asks no index.

        :raises LayerError: of :meth:`builder_lambda.ports.ports.WheelIndex.fetch`.
        """
        missing = [wheel for wheel in wheels if self._folder.read(wheel.sha256) is None]
        if missing:
            for wheel, content in zip(missing, self._index.fetch(missing), strict=True):
                self._folder.write(wheel.sha256, content)
