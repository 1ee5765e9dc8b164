"""End function processes that a killed emulator left running."""

import contextlib
from pathlib import Path

import psutil

from local_aws.emulator.settings import FUNCTIONS


def end_leftovers(functions: Path, *, marked: psutil.Process | None = None) -> int:
    """Kill every other process that is marked with `functions`. Return their number.

    The mark is an environment variable with the functions folder of one emulator. No other process has it.
    """
    own = marked or psutil.Process()
    ended = 0
    for process in psutil.process_iter():
        if process.pid == own.pid:
            continue
        with contextlib.suppress(psutil.Error):
            if process.environ().get(FUNCTIONS) == str(functions):
                process.kill()
                ended += 1
    return ended
