"""A wheel index that hands out wheels whose download began before a lock pinned them.

A wheel that is not wanted after all costs bandwidth and changes no layer: what is handed out is what the lock pins,
checked like any other wheel.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

from builder_lambda.indexes.connections import PARALLEL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder_lambda.archive.mapped_memory import WheelBytes
    from builder_lambda.contract.locked_wheel import LockedWheel
    from builder_lambda.indexes.http_wheels import Download
    from builder_lambda.ports.ports import WheelIndex

_VERSIONS = 2
"""Downloads begun for one project. Where a resolver goes from version to version, guessing does not pay."""


class PrefetchingIndex:
    """A wheel index in front of another one, which has all wheels that were not begun early."""

    def __init__(self, index: WheelIndex) -> None:
        self._index = index
        self._begun: dict[str, Future[Download]] = {}
        self._versions = Counter[str]()
        self._queue = SimpleQueue[Callable[[], None] | None]()
        self._threads = 0

    def begin(self, url: str, project: str, download: Callable[[], Download]) -> None:
        """Download the wheel at ``url`` in a thread, unless that was begun before.

        :param download: downloads it. An error is ignored: the other index is asked again if the wheel is wanted.
        """
        if url in self._begun or self._versions[project] == _VERSIONS:
            return
        self._versions[project] += 1
        begun: Future[Download] = Future()
        self._begun[url] = begun
        self._queue.put(partial(_complete, begun, download))
        if self._threads < PARALLEL:
            self._threads += 1
            # A process that has nothing to build after all does not wait for these.
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
                yield from self._index.fetch([wheel])  # again, for an error that says what is wrong

    def _work(self) -> None:
        while (task := self._queue.get()) is not None:
            task()


def _complete(begun: Future[Download], download: Callable[[], Download]) -> None:
    if not begun.set_running_or_notify_cancel():
        return
    try:
        begun.set_result(download())
    except Exception as error:  # noqa: BLE001 - fetch() reports it, if the wheel is wanted
        begun.set_exception(error)
