"""Measures the stages of a build and the memory of this process."""

from __future__ import annotations

import resource
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def peak_memory_bytes() -> int:
    """Return the most memory that the process has held so far, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # kilobytes everywhere but on macOS: getrusage(2)


class Stopwatch:
    """Measures stages. It starts when it is made; each :meth:`lap` ends a stage."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Start, with a clock that counts seconds."""
        self._clock = clock
        self._start = self._last = clock()
        self._laps: dict[str, float] = {}

    def lap(self, stage: str) -> None:
        """End a stage. Laps of the same stage are added up."""
        now = self._clock()
        self._laps[stage] = round(self._laps.get(stage, 0.0) + now - self._last, 6)
        self._last = now

    def seconds(self) -> dict[str, float]:
        """Return the seconds of each stage, and ``total`` from the start to the last lap."""
        return {**self._laps, "total": round(self._last - self._start, 6)}
