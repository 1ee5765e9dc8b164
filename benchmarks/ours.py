"""Our own command line, as a whole process."""

import os
import shutil
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from benchmarks.measured_process import measure
from benchmarks.tool import Attempt, Case


class Cache(StrEnum):
    """What the cache has when the build begins."""

    EMPTY = "empty"
    WHEELS_SEEN = "wheels seen"
    """Another layer of the same wheels was built before."""
    KNOWN = "known"
    """The same layer was built before."""


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
        """See :class:`benchmarks.tool.Tool`. Fills the cache first, if the variant needs it."""
        warm = case.warm / self.name
        cache = warm if self.cache is Cache.KNOWN else folder / "cache"
        if self.cache is not Cache.EMPTY and not warm.exists():
            # A pattern that matches nothing makes this another request for the same bytes.
            another = () if self.cache is Cache.KNOWN else ("--exclude", "no-such-folder/*")
            before = self._attempt(case, folder, cache=warm, more=another)
            measure(before.command, folder=before.folder, environ=before.environ)
        if self.cache is Cache.WHEELS_SEEN:
            shutil.copytree(warm, cache, copy_function=os.link)
        return self._attempt(case, folder, cache=cache)

    def _attempt(self, case: Case, folder: Path, *, cache: Path, more: tuple[str, ...] = ()) -> Attempt:
        archive = folder / "layer.zip"
        wanted = ("--lock", str(case.lock)) if self.from_lock else case.layer_set.requirements
        target = ("--runtime", case.runtime, "--architecture", case.toolbox.architecture)
        places = ("--output", str(archive), "--cache", str(cache), "--json")
        return Attempt(
            command=(sys.executable, "-m", "layer_cli", "build", *wanted, *target, *places, *self.options, *more),
            folder=folder,
            environ={**case.toolbox.environ, "PYTHONPATH": str(case.toolbox.root)},
            archive=archive,
        )


BYTECODE_SLIM = ("--bytecode", "--slim", "safe")

COLD = Ours(name="ours-cold", label="ours, cold", options=("--no-bytecode",), from_lock=False)
LOCK = Ours(name="ours-lock", label="ours, from a lock", options=("--no-bytecode",))
BYTECODE = Ours(name="ours-bytecode", label="ours, lock, bytecode", options=("--bytecode",))
SLIM = Ours(name="ours-slim", label="ours, lock, bytecode, slim", options=BYTECODE_SLIM)
SEEN = Ours(name="ours-seen", label="ours, the same, wheels seen", options=BYTECODE_SLIM, cache=Cache.WHEELS_SEEN)
KNOWN = Ours(name="ours-known", label="ours, the same, known key", options=BYTECODE_SLIM, cache=Cache.KNOWN)
VARIANTS = (COLD, LOCK, BYTECODE, SLIM, SEEN, KNOWN)


def lock_attempt(case: Case, folder: Path) -> Attempt:
    """Return the command that writes the lock of a case, with a cache of its own."""
    target = ("--runtime", case.runtime, "--architecture", case.toolbox.architecture)
    places = ("--output", str(case.lock), "--cache", str(folder / "lock-cache"))
    return Attempt(
        command=(sys.executable, "-m", "layer_cli", "lock", *case.layer_set.requirements, *target, *places),
        folder=folder,
        environ={**case.toolbox.environ, "PYTHONPATH": str(case.toolbox.root)},
        archive=case.lock,
    )
