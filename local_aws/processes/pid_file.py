"""A process that outlives the one that started it, remembered so that no other is ever taken for it."""

import json
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil

_START_TIME_SLACK_SECONDS = 0.5
"""The start time is computed from the boot time, which shifts a little when the clock is set."""


@dataclass(frozen=True, kw_only=True)
class ProcessRecord:
    """A process, told from a later one of the same id by when it began."""

    pid: int
    started: float
    """Seconds since the epoch."""

    @classmethod
    def of(cls, pid: int) -> Self:
        """Take down who `pid` is now.

        :raises psutil.NoSuchProcess: if it has already ended.
        """
        return cls(pid=pid, started=psutil.Process(pid).create_time())

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """Return the process that `path` names; None if there is no such file, or it is not whole."""
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            return cls(pid=int(record["pid"]), started=float(record["started"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, path: Path) -> None:
        """Keep it in `path`, which a reader finds whole or not at all."""
        unfinished = path.with_name(f"{path.name}.unfinished")
        unfinished.write_text(json.dumps({"pid": self.pid, "started": self.started}), encoding="utf-8")
        unfinished.replace(path)

    def process(self) -> psutil.Process | None:
        """Return the live process, or None if it has ended, even if its id now belongs to another."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < _START_TIME_SLACK_SECONDS
            alive = process.is_running() and process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return None
        return process if same and alive else None

    def stop(self, *, patience_seconds: float) -> bool:
        """End it, kindly at first; returns whether it was alive, and after which it is not."""
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
