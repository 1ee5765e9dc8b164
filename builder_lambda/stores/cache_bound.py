"""Bounds the size of the cache of a machine. The least recently used files are removed first.

:func:`note_use` sets the access time of a file and keeps its modification time, since mounts may not record accesses.
Files used in the last hour stay whatever their size, so that no running build of any process loses a file.
"""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder_lambda.stores.cache_folders import BOUNDED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

DEFAULT_BYTES = 5_000_000_000
BYTES_VARIABLE = "PYTHON_LAYERS_CACHE_BYTES"

_SPARED_SECONDS = 3600
_MARK = "bounded"
_EVERY_SECONDS = 3600
_DOWN_TO = 0.9
"""The share of the bound that remains used, so that the next build need not remove files again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptFile:
    """One file of a cache."""

    path: Path
    size: int
    used: float
    """The time of the last use, in seconds as of ``time.time``."""


def note_use(file: int | Path) -> None:
    """Record that a file is used now. If that fails, its last use is the time of its last change."""
    with contextlib.suppress(OSError):
        os.utime(file, ns=(time.time_ns(), os.stat(file).st_mtime_ns))  # noqa: PTH116 - it may be a descriptor


def bound_of(environ: Mapping[str, str]) -> int:
    """Return the bound in bytes: the value of the variable if it is a number, else the default."""
    given = environ.get(BYTES_VARIABLE, "")
    return int(given) if given.isdecimal() else DEFAULT_BYTES


def kept_files(folder: Path) -> Iterator[KeptFile]:
    """Yield the files below ``folder`` that count towards the bound."""
    for name in BOUNDED:
        for where, _, files in os.walk(folder / name):
            for file in files:
                with contextlib.suppress(OSError):  # another process has removed it
                    path = folder.joinpath(where, file)
                    status = path.stat()
                    yield KeptFile(path=path, size=status.st_size, used=max(status.st_atime, status.st_mtime))


def keep_within(folder: Path, bound: int, *, now: float | None = None) -> tuple[Path, ...]:
    """Remove the least recently used files until the rest is within ``bound`` bytes. Do so at most once an hour.

    :param now: the current time, in seconds as of ``time.time``.
    :return: the removed files.
    """
    time_now = time.time() if now is None else now
    mark = folder / _MARK
    with contextlib.suppress(OSError):
        if time_now - mark.stat().st_mtime < _EVERY_SECONDS:
            return ()
    removed: list[Path] = []
    with contextlib.suppress(OSError):  # nothing grows in a folder that cannot be written
        mark.touch()
        os.utime(mark, (time_now, time_now))
        files = sorted(kept_files(folder), key=lambda file: (file.used, file.path))
        total = sum(file.size for file in files)
        if total <= bound:
            return ()
        for file in files:
            if total <= bound * _DOWN_TO or time_now - file.used < _SPARED_SECONDS:
                break
            file.path.unlink(missing_ok=True)
            removed.append(file.path)
            total -= file.size
    return tuple(removed)
