"""Enforce Lambda's memory limit: kill a function that uses more than its MemorySize.

ministack does not enforce it. Resident memory is sampled, so a function may exceed the limit for a moment.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psutil

SECONDS_BETWEEN_SAMPLES = 0.05
_MIB = 1024 * 1024


@dataclass(kw_only=True)
class Watch:
    """The memory use of one invocation."""

    limit_mib: int
    peak_bytes: int = 0
    killed: bool = False

    @property
    def peak_mib(self) -> int:
        """The peak as in Lambda's REPORT line: rounded up, and never above the limit."""
        return min(-(-self.peak_bytes // _MIB), self.limit_mib)


@contextlib.contextmanager
def watched(process_id: Callable[[], int | None], *, limit_mib: int) -> Iterator[Watch]:
    """Kill the process and its descendants if they use more than `limit_mib` together while the block runs.

    :param process_id: called before each sample: an invocation may start its process late, or start a second one.
    """
    watch = Watch(limit_mib=limit_mib)
    over = threading.Event()

    def sample() -> None:
        while not over.wait(SECONDS_BETWEEN_SAMPLES):
            if (pid := process_id()) is not None:
                _hold(pid, watch)

    thread = threading.Thread(target=sample, daemon=True, name="memory-guard")
    thread.start()
    try:
        yield watch
    finally:
        over.set()
        thread.join()


def _hold(pid: int, watch: Watch) -> None:
    with contextlib.suppress(psutil.Error):
        root = psutil.Process(pid)
        family = [root, *root.children(recursive=True)]
        used = sum(_resident(process) for process in family)
        limit = watch.limit_mib * _MIB
        if used > limit and len(family) > 1:
            used = sum(_proportional(process) for process in family)  # count shared pages once
        watch.peak_bytes = max(watch.peak_bytes, used)
        if used > limit:
            watch.killed = True
            for process in reversed(family):
                with contextlib.suppress(psutil.Error):
                    process.kill()


def _resident(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except psutil.Error:
        return 0


def _proportional(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return 0
