"""Keep the folder of a machine's caches below a bound: what was not used for longest goes first.

A file that is used gets the time as its time of access, and keeps its time of change (``note_use``): mounts may not
keep times of access by themselves. What was used in the last hour stays whatever its size, so that no build that runs,
here or in another process, misses what it has seen.
"""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

DEFAULT_BYTES = 5_000_000_000
BYTES_VARIABLE = "PYTHON_LAYERS_CACHE_BYTES"

_BOUNDED = ("archives", "fragments", "given-locks", "locks", "modules", "outputs", "results", "wheels")
"""Our own folders. uv keeps its cache in order itself (``uv cache prune``)."""

CACHE_FOLDERS = (*_BOUNDED, "source-builds", "uv-cache", "zig")
"""All that a build leaves in the folder."""

_SPARED_SECONDS = 3600
_MARK = "bounded"
_EVERY_SECONDS = 3600
_DOWN_TO = 0.9
"""A part of the bound, so that the next build does not have to make room again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptFile:
    """One file of a cache."""

    path: Path
    size: int
    used: float
    """When, in seconds as of ``time.time``."""


def note_use(file: int | Path) -> None:
    """Note that a file is used now; where that cannot be noted, it counts as used when it was written."""
    with contextlib.suppress(OSError):
        os.utime(file, ns=(time.time_ns(), os.stat(file).st_mtime_ns))  # noqa: PTH116 - it may be a descriptor


def bound_of(environ: Mapping[str, str]) -> int:
    """Return the bound in bytes: what the variable says, if that is a number."""
    given = environ.get(BYTES_VARIABLE, "")
    return int(given) if given.isdecimal() else DEFAULT_BYTES


def kept_files(folder: Path) -> Iterator[KeptFile]:
    """Yield what is kept below ``folder`` and is ours to remove."""
    for name in _BOUNDED:
        for where, _, files in os.walk(folder / name):
            for file in files:
                with contextlib.suppress(OSError):  # another process has removed it
                    path = folder.joinpath(where, file)
                    status = path.stat()
                    yield KeptFile(path=path, size=status.st_size, used=max(status.st_atime, status.st_mtime))


def keep_within(folder: Path, bound: int, *, now: float | None = None) -> tuple[Path, ...]:
    """Remove what was not used for longest until the rest is within ``bound`` bytes, once in an hour at most.

    :param now: the time, in seconds as of ``time.time``.
    :return: what was removed.
    """
    time_now = time.time() if now is None else now
    mark = folder / _MARK
    with contextlib.suppress(OSError):
        if time_now - mark.stat().st_mtime < _EVERY_SECONDS:
            return ()
    removed: list[Path] = []
    with contextlib.suppress(OSError):  # a folder that cannot be written has nothing to make room for
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
