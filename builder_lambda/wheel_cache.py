"""Wheels that were fetched before, on this machine's disk. What is there is checked like what arrives."""

from __future__ import annotations

import contextlib
import hashlib
import mmap
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from builder_lambda.cache_bound import note_use

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder_lambda.ports import WheelBytes, WheelIndex
    from builder_lambda.wheels import LockedWheel

_PARALLEL = 4


class WheelCache:
    """A wheel index in front of another one. A file that is damaged or gone is fetched again."""

    def __init__(self, index: WheelIndex, folder: Path) -> None:
        """Keep what ``index`` fetches below ``folder``, which is made when something is first kept."""
        self._index = index
        self._folder = folder
        self._writers = ThreadPoolExecutor(_PARALLEL)  # Python waits for them at its end

    def fetch(self, wheels: Sequence[LockedWheel]) -> Iterator[WheelBytes]:
        """See :class:`builder_lambda.ports.WheelIndex`. Wheels from the disk stay there until they are looked at."""
        with ThreadPoolExecutor(_PARALLEL) as threads:
            found = list(threads.map(self._read, wheels))
        missing = [wheel for wheel, content in zip(wheels, found, strict=True) if content is None]
        return self._merged(wheels, found, self._index.fetch(missing) if missing else iter(()))

    def _merged(
        self, wheels: Sequence[LockedWheel], found: list[WheelBytes | None], arriving: Iterator[WheelBytes]
    ) -> Iterator[WheelBytes]:
        for wheel, kept in zip(wheels, found, strict=True):
            content = kept if kept is not None else next(arriving)
            if kept is None:
                self._writers.submit(self._write, wheel, content)
            yield content

    def keep(self, wheels: Sequence[LockedWheel]) -> None:
        """Have the wheels on the disk when this returns, for who reads the folder without the index behind it.

        :raises LayerError: of :meth:`builder_lambda.ports.WheelIndex.fetch`.
        """
        missing = [wheel for wheel in wheels if self._read(wheel) is None]
        if missing:
            for wheel, content in zip(missing, self._index.fetch(missing), strict=True):
                self._write(wheel, content)

    def _path(self, wheel: LockedWheel) -> Path:
        return self._folder / wheel.sha256[:2] / f"{wheel.sha256}.whl"

    def _read(self, wheel: LockedWheel) -> WheelBytes | None:
        try:
            with self._path(wheel).open("rb") as file:
                content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
                note_use(file.fileno())
        except (OSError, ValueError):  # an empty file has no map
            return None
        return content if hashlib.sha256(content).hexdigest() == wheel.sha256 else None

    def _write(self, wheel: LockedWheel, content: WheelBytes) -> None:
        """Keep a wheel if that can be; a full disk is no reason to fail."""
        path = self._path(wheel)
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(content)
                Path(name).replace(path)
            except OSError:
                Path(name).unlink()
