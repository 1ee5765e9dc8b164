"""Function processes that outlived an emulator which was killed."""

import contextlib
from pathlib import Path

import psutil

from local_aws.emulator.settings import FUNCTIONS


def end_leftovers(functions: Path, *, marked: psutil.Process | None = None) -> int:
    """End every process that carries `functions` as its mark, but not this one; returns how many.

    The mark is a variable in their environment, which names the folder of one clone's emulator: none other has it.
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
