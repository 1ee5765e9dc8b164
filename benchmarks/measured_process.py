"""Runs a whole process, and measures its time and memory."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

from benchmarks.process_group import PeakMemory

_TAIL_LINES = 15


class ProcessFailed(Exception):
    """A measured program failed, or one that prepares a measurement."""

    def __init__(self, *, program: str, status: int, output: str) -> None:
        """Keep the last lines of its output."""
        self.program = program
        self.status = status
        self.output = "\n".join(output.splitlines()[-_TAIL_LINES:])
        super().__init__(f"{program} ended with status {status}:\n{self.output}")


@dataclass(frozen=True, kw_only=True, slots=True)
class MeasuredProcess:
    """The time and memory of a process and its child processes."""

    seconds: float
    """From just before its start until its end."""
    peak_memory_bytes: int
    output: str
    """Its standard output."""


def measure(
    command: Sequence[str | Path], *, folder: Path, environ: Mapping[str, str], timeout_seconds: float = 900.0
) -> MeasuredProcess:
    """Run `command` in `folder` in a process group of its own, and return its time and memory.

    :raises ProcessFailed: if it fails or does not end within `timeout_seconds`.
    """
    words = [str(word) for word in command]
    with (
        tempfile.TemporaryFile("w+", errors="replace") as output,
        tempfile.TemporaryFile("w+", errors="replace") as errors,
    ):
        began = time.perf_counter()
        process = subprocess.Popen(
            words,
            cwd=folder,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            start_new_session=True,
        )
        memory = PeakMemory(process.pid)
        # Not wait(timeout): it polls every 50 ms, which is 10 % of what is measured here.
        timer = Timer(timeout_seconds, _kill, [process])
        timer.start()
        try:
            status = process.wait()
            seconds = time.perf_counter() - began
        except BaseException:
            _kill(process)
            process.wait()
            raise
        finally:
            timer.cancel()
            peak = memory.stop()
        output.seek(0)
        errors.seek(0)
        printed = output.read()
        if seconds >= timeout_seconds:
            said = f"it was stopped after {timeout_seconds:.0f} seconds"
            raise ProcessFailed(program=Path(words[0]).name, status=status, output=said)
        if status:
            raise ProcessFailed(program=Path(words[0]).name, status=status, output=printed + errors.read())
    return MeasuredProcess(seconds=seconds, peak_memory_bytes=peak, output=printed)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the process and its child processes."""
    os.killpg(process.pid, signal.SIGKILL)
