"""A prefetching index in front of a recording one, and indexes and folders that misbehave."""

import errno
import io
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import wait
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Semaphore
from typing import TYPE_CHECKING, BinaryIO

from builder_lambda.archive.mapped_memory import WheelBytes
from builder_lambda.contract.locked_wheel import LockedWheel
from builder_lambda.indexes.connections import IndexConnections
from builder_lambda.indexes.http_wheels import HttpWheelIndex
from builder_lambda.indexes.prefetching import PrefetchingIndex
from builder_lambda.indexes.settings import IndexSettings
from builder_lambda.indexes.uv_log import UvLogPrefetcher
from builder_lambda.indexes.wheel_folder import WheelFolder
from builder_lambda.indexes.wheel_spool import Download, Spool
from tests.builder_lambda.wheel_factory import MadeWheel, make_wheel

if TYPE_CHECKING:
    from typing_extensions import Buffer


class Behind:
    """The index behind, which records the wheels that it fetches."""

    def __init__(self, index: HttpWheelIndex) -> None:
        self._index = index
        self.asked: list[str] = []

    def fetch(self, wheels: Sequence[LockedWheel]) -> Iterator[WheelBytes]:
        self.asked += [wheel.filename for wheel in wheels]
        return self._index.fetch(wheels)


class Prefetching:
    """A prefetching index that downloads from ``index`` into a folder."""

    def __init__(self, folder: Path | WheelFolder, index: HttpWheelIndex | None = None) -> None:
        self.index = index or index_of()
        self.behind = Behind(self.index)
        self.folder = WheelFolder(folder) if isinstance(folder, Path) else folder
        self.wheels = PrefetchingIndex(self.behind)

    def on_log_line(self, *urls: str) -> None:
        for url in urls:
            UvLogPrefetcher(self.wheels, self.index, self.folder)(looked_at(url))

    def download_early(self, *urls: str) -> None:
        """Begin downloads, and wait until each has arrived or failed."""
        self.on_log_line(*urls)
        arrive(self.wheels)

    def fetched(self, *wheels: LockedWheel) -> list[bytes]:
        return [bytes(content) for content in self.wheels.fetch(wheels)]


class HeldIndex(HttpWheelIndex):
    """Holds every download until it may continue."""

    def __init__(self) -> None:
        super().__init__(settings=IndexSettings(), connections=IndexConnections(backoff_seconds=0.001))
        self.begun = Semaphore(0)
        self.may_go_on = Event()

    def download(self, url: str, spool: Spool, size: int | None = None) -> Download:
        self.begun.release()
        self.may_go_on.wait(30)
        return super().download(url, spool, size)


class FullFile(io.BytesIO):
    """A file on a disk with this many free bytes."""

    def __init__(self, bytes_left: int) -> None:
        super().__init__()
        self._bytes_left = bytes_left

    def write(self, content: "Buffer") -> int:
        if self.tell() + memoryview(content).nbytes > self._bytes_left:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(content)


class FullFolder(WheelFolder):
    """A folder whose disk fills in the middle of a file."""

    def __init__(self, folder: Path, bytes_left: int = 0) -> None:
        super().__init__(folder)
        self._bytes_left = bytes_left

    @contextmanager
    def _part(self, folder: Path) -> Iterator[tuple[BinaryIO, Path]]:
        with super()._part(folder) as (_, part), FullFile(self._bytes_left) as file:
            yield file, part


class NotingIndex(HttpWheelIndex):
    """Downloads nothing, and records the URLs."""

    def __init__(self) -> None:
        super().__init__(settings=IndexSettings())
        self.urls: list[str] = []

    def download(self, url: str, spool: Spool, size: int | None = None) -> Download:
        self.urls.append(url)
        return spool.take([url.encode()], 0)


def index_of(**environ: str) -> HttpWheelIndex:
    settings = IndexSettings.of({"PIP_CONFIG_FILE": "/dev/null", **environ})
    return HttpWheelIndex(settings=settings, connections=IndexConnections(backoff_seconds=0.001))


def looked_at(url: str) -> str:
    return f"DEBUG No cache entry for: {url}\n"


def arrive(early: PrefetchingIndex) -> None:
    done, _ = wait(early._begun.values(), 60)
    assert len(done) == len(early._begun)


def named(count: int) -> list[MadeWheel]:
    return [make_wheel(f"demo{number}") for number in range(count)]


def begun_by(lines: Sequence[str], folder: Path) -> list[str]:
    """Return the URLs of the downloads that ``lines`` begin, sorted."""
    index = NotingIndex()
    prefetching = Prefetching(folder, index)
    for line in lines:
        UvLogPrefetcher(prefetching.wheels, index, prefetching.folder)(line)
    arrive(prefetching.wheels)
    assert prefetching.fetched() == []
    return sorted(index.urls)
