"""Our product: its command line, as a whole process."""

import os
import shutil
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from benchmarks.contender import Attempt, Case
from benchmarks.measured_process import measure


class Cache(StrEnum):
    """What is known when the build begins."""

    EMPTY = "empty"
    WHEELS_SEEN = "wheels seen"
    """A layer of the same wheels was built, but not this one."""
    KNOWN = "known"
    """The same layer was built."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ours:
    """One way to call `python-layers build`."""

    name: str
    label: str
    options: tuple[str, ...]
    from_lock: bool = True
    cache: Cache = Cache.EMPTY
    is_ours: bool = True

    def prepare(self, case: Case, folder: Path) -> Attempt:
        """See :class:`benchmarks.contender.Contender`. What has to be known is built before."""
        warm = case.warm / self.name
        cache = warm if self.cache is Cache.KNOWN else folder / "cache"
        if self.cache is not Cache.EMPTY and not warm.exists():
            # A pattern that fits nothing makes it another request for the same bytes.
            another = () if self.cache is Cache.KNOWN else ("--exclude", "no-such-folder/*")
            before = self._attempt(case, folder, cache=warm, more=another)
            measure(before.command, folder=before.folder, environ=before.environ)
        if self.cache is Cache.WHEELS_SEEN:
            shutil.copytree(warm, cache, copy_function=os.link)
        return self._attempt(case, folder, cache=cache)

    def _attempt(self, case: Case, folder: Path, *, cache: Path, more: tuple[str, ...] = ()) -> Attempt:
        archive = folder / "layer.zip"
        wanted = ("--lock", str(case.lock)) if self.from_lock else case.layer_set.requirements
        target = ("--runtime", case.runtime, "--architecture", case.tools.architecture)
        places = ("--output", str(archive), "--cache", str(cache), "--json")
        return Attempt(
            command=(sys.executable, "-m", "layer_cli", "build", *wanted, *target, *places, *self.options, *more),
            folder=folder,
            environ={**case.tools.environ, "PYTHONPATH": str(case.tools.root)},
            archive=archive,
        )


BYTECODE_SLIM = ("--bytecode", "--slim", "safe")

COLD = Ours(name="ours-cold", label="ours, cold", options=("--no-bytecode",), from_lock=False)
LOCK = Ours(name="ours-lock", label="ours, from a lock", options=("--no-bytecode",))
BYTECODE = Ours(name="ours-bytecode", label="ours, lock, bytecode", options=("--bytecode",))
SLIM = Ours(name="ours-slim", label="ours, lock, bytecode, slim", options=BYTECODE_SLIM)
SEEN = Ours(name="ours-seen", label="ours, the same, wheels seen", options=BYTECODE_SLIM, cache=Cache.WHEELS_SEEN)
KNOWN = Ours(name="ours-known", label="ours, the same, known key", options=BYTECODE_SLIM, cache=Cache.KNOWN)
CONTENDERS = (COLD, LOCK, BYTECODE, SLIM, SEEN, KNOWN)


def lock_attempt(case: Case, folder: Path) -> Attempt:
    """Return what writes the lock of a case, in a cache that nothing else uses."""
    target = ("--runtime", case.runtime, "--architecture", case.tools.architecture)
    places = ("--output", str(case.lock), "--cache", str(folder / "lock-cache"))
    return Attempt(
        command=(sys.executable, "-m", "layer_cli", "lock", *case.layer_set.requirements, *target, *places),
        folder=folder,
        environ={**case.tools.environ, "PYTHONPATH": str(case.tools.root)},
        archive=case.lock,
    )
