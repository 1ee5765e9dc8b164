"""A folder that is made once, whole or not at all, however many ask for it at a time."""

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def exclusive(lock: Path) -> Iterator[None]:
    """Hold `lock` alone, across processes; the kernel gives it back when a holder dies."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def made_once(folder: Path, make: Callable[[Path], None]) -> Path:
    """`folder`, filled by `make` unless it is already there.

    `make` gets an empty folder beside it, which is renamed when `make` returns: who finds `folder` finds it whole.
    What a killed attempt left is removed by the next one. Whatever `make` raises is passed on, and nothing is kept.
    """
    if folder.is_dir():
        return folder
    with exclusive(folder.with_name(f"{folder.name}.lock")):
        if folder.is_dir():
            return folder
        unfinished = folder.with_name(f"{folder.name}.unfinished")
        if unfinished.exists():
            shutil.rmtree(unfinished)
        unfinished.mkdir()
        try:
            make(unfinished)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        unfinished.rename(folder)
    return folder
