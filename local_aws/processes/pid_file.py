"""The record of a process that outlives the process that started it.

The record has the start time, so that a later process with the same id is not mistaken for it.
"""

import json
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil

_START_TIME_SLACK_SECONDS = 0.5
"""The start time is computed from the boot time, which changes slightly when the clock is set."""


@dataclass(frozen=True, kw_only=True)
class ProcessRecord:
    """A process: its id and its start time."""

    pid: int
    started: float
    """Seconds since the epoch."""

    @classmethod
    def of(cls, pid: int) -> Self:
        """Return the record of the process that has the id `pid` now.

        :raises psutil.NoSuchProcess: if it has already ended.
        """
        return cls(pid=pid, started=psutil.Process(pid).create_time())

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """Return the record in the file `path`, or None if the file is missing or damaged."""
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            return cls(pid=int(record["pid"]), started=float(record["started"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, path: Path) -> None:
        """Write the record to `path` atomically."""
        unfinished = path.with_name(f"{path.name}.unfinished")
        unfinished.write_text(json.dumps({"pid": self.pid, "started": self.started}), encoding="utf-8")
        unfinished.replace(path)

    def process(self) -> psutil.Process | None:
        """Return the live process. Return None if it has ended, even if another process has its id now."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < _START_TIME_SLACK_SECONDS
            alive = process.is_running() and process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return None
        return process if same and alive else None

    def stop(self, *, patience_seconds: float) -> bool:
        """End the process with SIGTERM, and with SIGKILL if that takes too long. Return whether it was alive."""
        process = self.process()
        if process is None:
            return False
        try:
            process.send_signal(signal.SIGTERM)
            process.wait(patience_seconds)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(patience_seconds)
        except psutil.NoSuchProcess:
            pass
        return True
