"""Downloads wheels before a lock pins them.

A download that the lock does not pin costs bandwidth and changes no layer: only pinned wheels are returned, and each is
checked like any other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

from builder_lambda.contract.concurrency import PARALLEL_REQUESTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder_lambda.archive.mapped_memory import WheelBytes
    from builder_lambda.contract.locked_wheel import LockedWheel
    from builder_lambda.indexes.wheel_spool import Download
    from builder_lambda.ports.ports import WheelIndex

_VERSIONS = 2
"""Downloads for one project. A resolver that tries more versions than this rejects most of them."""


class PrefetchingIndex:
    """A wheel index with early downloads. Another index behind it fetches all other wheels."""

    def __init__(self, index: WheelIndex) -> None:
        self._index = index
        self._begun: dict[str, Future[Download]] = {}
        self._versions = Counter[str]()
        self._queue = SimpleQueue[Callable[[], None] | None]()
        self._threads = 0

    def begin(self, url: str, project: str, download: Callable[[], Download]) -> None:
        """Download the wheel at ``url`` in a thread, unless its download has begun.

        :param download: downloads it. If it fails and the wheel is wanted, the other index fetches it again.
        """
        if url in self._begun or self._versions[project] == _VERSIONS:
            return
        self._versions[project] += 1
        begun: Future[Download] = Future()
        self._begun[url] = begun
        self._queue.put(partial(_complete, begun, download))
        if self._threads < PARALLEL_REQUESTS:
            self._threads += 1
            # Daemons: a process that ends without a build does not wait for them.
            Thread(target=self._work, daemon=True).start()

    def fetch(self, wheels: Sequence[LockedWheel]) -> Iterator[WheelBytes]:
        """See :class:`~builder_lambda.ports.ports.WheelIndex`."""
        early = {wheel.url: begun for wheel in wheels if (begun := self._begun.pop(wheel.url, None)) is not None}
        for unwanted in self._begun.values():
            unwanted.cancel()
        self._begun.clear()
        self._versions.clear()
        for _ in range(self._threads):
            self._queue.put(None)
        self._threads = 0
        late = self._index.fetch([wheel for wheel in wheels if wheel.url not in early])
        return self._merged(wheels, early, late) if early else late

    def _merged(
        self, wheels: Sequence[LockedWheel], early: dict[str, Future[Download]], late: Iterator[WheelBytes]
    ) -> Iterator[WheelBytes]:
        for wheel in wheels:
            begun = early.get(wheel.url)
            if begun is None:
                yield next(late)
            elif begun.exception() is None and begun.result().sha256 == wheel.sha256:
                yield begun.result().content
            else:
                yield from self._index.fetch([wheel])  # again, so that an error names the cause

    def _work(self) -> None:
        while (task := self._queue.get()) is not None:
            task()


def _complete(begun: Future[Download], download: Callable[[], Download]) -> None:
    if not begun.set_running_or_notify_cancel():
        return
    try:
        begun.set_result(download())
    except Exception as error:  # noqa: BLE001 - fetch() tries again if the wheel is wanted
        begun.set_exception(error)
