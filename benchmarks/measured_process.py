"""Running a whole process, and what it took."""

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
    """A program that is measured, or that prepares a measurement, has failed."""

    def __init__(self, *, program: str, status: int, output: str) -> None:
        """Keep the end of all that it printed."""
        self.program = program
        self.status = status
        self.output = "\n".join(output.splitlines()[-_TAIL_LINES:])
        super().__init__(f"{program} ended with status {status}:\n{self.output}")


@dataclass(frozen=True, kw_only=True, slots=True)
class MeasuredProcess:
    """What a process took, with everything that it started."""

    seconds: float
    """From before it was started until it had ended."""
    peak_memory_bytes: int
    output: str
    """What it printed on its standard output."""


def measure(
    command: Sequence[str | Path], *, folder: Path, environ: Mapping[str, str], patience_seconds: float = 900.0
) -> MeasuredProcess:
    """Run `command` in `folder` to its end, in a process group of its own.

    :raises ProcessFailed: if it does not end well, or not within the time that patience lasts.
    """
    words = [str(word) for word in command]
    with (
        tempfile.TemporaryFile("w+", errors="replace") as output,
        tempfile.TemporaryFile("w+", errors="replace") as complaints,
    ):
        began = time.perf_counter()
        process = subprocess.Popen(
            words,
            cwd=folder,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=complaints,
            start_new_session=True,
        )
        memory = PeakMemory(process.pid)
        # Not wait(timeout): it looks for the end every 50 ms only, a tenth of what is measured here.
        patience = Timer(patience_seconds, _kill, [process])
        patience.start()
        try:
            status = process.wait()
            seconds = time.perf_counter() - began
        except BaseException:
            _kill(process)
            process.wait()
            raise
        finally:
            patience.cancel()
            peak = memory.stop()
        output.seek(0)
        complaints.seek(0)
        printed = output.read()
        if seconds >= patience_seconds:
            said = f"it was stopped after {patience_seconds:.0f} seconds"
            raise ProcessFailed(program=Path(words[0]).name, status=status, output=said)
        if status:
            raise ProcessFailed(program=Path(words[0]).name, status=status, output=printed + complaints.read())
    return MeasuredProcess(seconds=seconds, peak_memory_bytes=peak, output=printed)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End it with everything that it started."""
    os.killpg(process.pid, signal.SIGKILL)
