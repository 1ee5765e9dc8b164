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

if TYPE_CHECKING:
    from collections.abc import Sequence

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

    def fetch(self, wheels: Sequence[LockedWheel]) -> tuple[WheelBytes, ...]:
        """See :class:`builder_lambda.ports.WheelIndex`. Wheels from the disk stay there until they are looked at."""
        with ThreadPoolExecutor(_PARALLEL) as threads:
            found = dict(zip(wheels, threads.map(self._read, wheels), strict=True))
        missing = [wheel for wheel in wheels if found[wheel] is None]
        contents: dict[LockedWheel, WheelBytes] = {w: content for w, content in found.items() if content is not None}
        if missing:
            for wheel, content in zip(missing, self._index.fetch(missing), strict=True):
                contents[wheel] = content
                self._writers.submit(self._write, wheel, content)
        return tuple(contents[wheel] for wheel in wheels)

    def _path(self, wheel: LockedWheel) -> Path:
        return self._folder / wheel.sha256[:2] / f"{wheel.sha256}.whl"

    def _read(self, wheel: LockedWheel) -> WheelBytes | None:
        try:
            with self._path(wheel).open("rb") as file:
                content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
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
