"""Make a folder once, completely or not at all, even when several processes need it at the same time."""

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def exclusive(lock: Path) -> Iterator[None]:
    """Hold `lock` exclusively, across processes. The kernel releases it when its holder dies."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def made_once(folder: Path, make: Callable[[Path], None]) -> Path:
    """Return `folder`. If it does not exist, `make` fills it first.

    `make` gets an empty folder beside `folder`, which is renamed after `make` returns. So `folder` is always complete.
    The next call removes what a killed call left. If `make` raises, the error propagates and nothing is kept.
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
