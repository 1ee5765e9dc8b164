"""Measures the memory of a process and its child processes, from the proc file system of Linux."""

import os
import threading
from pathlib import Path

_PROC = Path("/proc")
_INTERVAL = 0.03
"""Seconds between two samples. A sample reads one short file per process of the machine."""


class PeakMemory:
    """Samples the resident memory of a process group in bytes, summed over its processes.

    Shared pages count once for each process that has them. A process that lives shorter than the interval may be
    missed. So the peak of a single process, as the kernel records it, is used where it is larger.
    """

    def __init__(self, group: int) -> None:
        self._group = group
        self._peak = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> int:
        """Stop sampling and return the peak."""
        self._ended.set()
        self._thread.join()
        return self._peak

    def _watch(self) -> None:
        while True:
            sizes = [resident_memory(pid) for pid in _members(self._group)]
            now = sum(size for size, _ in sizes)
            self._peak = max(self._peak, now, *(highest for _, highest in sizes), 0)
            if self._ended.wait(_INTERVAL):
                return


def resident_memory(pid: int) -> tuple[int, int]:
    """Return the current and the peak memory of a process in bytes; zeros if it has ended."""
    try:
        lines = (_PROC / str(pid) / "status").read_text().splitlines()
    except OSError:
        return 0, 0
    fields = {name: value for name, _, value in (line.partition(":") for line in lines)}
    return _bytes(fields.get("VmRSS", "")), _bytes(fields.get("VmHWM", ""))


def _bytes(field: str) -> int:
    number, _, _unit = field.strip().partition(" ")  # always kB, proc(5)
    return int(number or 0) * 1024


def _members(group: int) -> list[int]:
    found = []
    for name in os.listdir(_PROC):  # noqa: PTH208 # faster; it runs many times a second beside the measured process
        if name.isdigit():
            try:
                if os.getpgid(int(name)) == group:
                    found.append(int(name))
            except ProcessLookupError:
                continue
    return found
