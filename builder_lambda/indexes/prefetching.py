"""Wheels that uv looks at while it chooses versions, fetched before it has chosen.

uv reads the metadata of a version before it takes it, and of those that it reads it takes nearly all. So their wheels
are begun at once; what a lock pins is then there, or on its way, when it is asked for. A wheel that uv decides against
costs the link something and a layer nothing: what is handed out is what the lock pins, checked like any other.
"""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

from builder_lambda.archive.mapped_memory import release_pages
from builder_lambda.contract.urls import filename_of, without_credentials
from builder_lambda.distributions.mapped_wheel import MappedWheel
from builder_lambda.indexes.connections import PARALLEL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder_lambda.archive.mapped_memory import WheelBytes
    from builder_lambda.contract.locked_wheel import LockedWheel
    from builder_lambda.indexes.http_wheels import Download, HttpWheelIndex
    from builder_lambda.indexes.wheel_folder import WheelFolder
    from builder_lambda.ports.ports import WheelIndex

UV_DEBUG = {"RUST_LOG": "uv_client::cached_client=debug"}
"""Makes uv tell what it asks an index for. A line that has another form in another release is passed over."""

_LOOKED_AT = re.compile(r"DEBUG No cache entry for: (https?://\S+/([^/\s-]+)-[^/\s]+\.whl)(?:\.metadata)?\s*\Z")
"""Metadata that uv has in its cache is of a wheel that was most likely fetched before, and lies on the disk."""

_VERSIONS = 2
"""Wheels of one project that are begun: where uv goes from version to version, guessing does not pay."""


class PrefetchingIndex:
    """A wheel index in front of another one, with ears."""

    def __init__(self, index: WheelIndex, folder: WheelFolder) -> None:
        """Have what is fetched early in ``folder``, and all else from ``index``."""
        self._index = index
        self._folder = folder
        self._begun: dict[str, Future[Download]] = {}
        self._versions = Counter[str]()
        self._queue = SimpleQueue[Callable[[], None] | None]()
        self._threads = 0

    def on_log_line(self, index: HttpWheelIndex, line: str) -> None:
        """Take note of a line that uv says; if it is about another wheel, begin to fetch that from ``index``."""
        told = _LOOKED_AT.match(line)
        if told is None:
            return
        url, project = without_credentials(told[1]), told[2]  # as in a lock; the login is looked up
        if url in self._begun or self._versions[project] == _VERSIONS:
            return
        self._versions[project] += 1
        begun: Future[Download] = Future()
        self._begun[url] = begun
        self._queue.put(partial(self._download, index, url, begun))
        if self._threads < PARALLEL:
            self._threads += 1
            # A process that has nothing to build after all does not wait for these.
            Thread(target=self._work, daemon=True).start()

    def fetch(self, wheels: Sequence[LockedWheel]) -> Iterator[WheelBytes]:
        """See :class:`~builder_lambda.ports.WheelIndex`."""
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
                yield from self._index.fetch([wheel])  # once more, for a word about what is wrong

    def _work(self) -> None:
        while (task := self._queue.get()) is not None:
            task()

    def _download(self, index: HttpWheelIndex, url: str, begun: Future[Download]) -> None:
        if not begun.set_running_or_notify_cancel():
            return
        try:
            with index.connections:
                download = index.download(url, self._folder)
            _open(download.content, filename_of(url))
            begun.set_result(download)
        except Exception as error:  # noqa: BLE001 - told by fetch(), if the wheel is wanted at all
            begun.set_exception(error)


def _open(content: WheelBytes, filename: str) -> None:
    """Open a wheel while there is the time; what is wrong with it is told to who wants it."""
    from builder_lambda.distributions.wheel_file import WheelFile
    from builder_lambda.errors.wheels import InvalidWheel

    if isinstance(content, MappedWheel):
        with contextlib.suppress(InvalidWheel):
            content.opened = WheelFile(filename, content)
        release_pages(content)
