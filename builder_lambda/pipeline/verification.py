"""Compares the files of wheels with their RECORD, in threads, while the build goes on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from concurrent.futures import Future
    from types import TracebackType

    from builder_lambda.archive.entry import ArchiveEntry
    from builder_lambda.distributions.distribution import Distribution

_THREADS = 2
"""More would take more memory: each may hold one unpacked file."""

_PART_BYTES = 1 << 22
"""Unpacked, of the files that one thread checks at a time. Handing over a file of a few bytes takes longer than it."""


class Verification:
    """The wheels of one layer that no earlier build has verified. A context manager."""

    def __init__(self) -> None:
        """Begin with no wheels."""
        self._threads = ThreadPoolExecutor(_THREADS)
        self._checks: list[Future[None]] = []

    def __enter__(self) -> Verification:
        """Return itself."""
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        """Give up the checks that have not begun. There are some only after an error."""
        self._threads.shutdown(cancel_futures=True)

    def begin(self, distribution: Distribution, *, read: Collection[str] = ()) -> None:
        """Begin to verify a distribution, unless an earlier build did.

        :param read: files that another step reads and thus verifies.
        """
        if not distribution.is_verified:
            skipped = set(read)
            for part in _parts(entry for path, entry in distribution.entries.items() if path not in skipped):
                self._checks.append(self._threads.submit(distribution.check, part))

    def finish(self) -> None:
        """Wait until all are verified.

        :raises InvalidWheel: if a file of a wheel is damaged, or not what RECORD declares.
        """
        for check in self._checks:
            check.result()


def _parts(entries: Iterable[ArchiveEntry]) -> Iterator[list[ArchiveEntry]]:
    """Yield the entries in parts, large ones first: they keep a core busy without the interpreter's lock."""
    part: list[ArchiveEntry] = []
    size = 0
    for entry in sorted(entries, key=lambda each: -each.size):
        part.append(entry)
        size += entry.size
        if size > _PART_BYTES:
            yield part
            part, size = [], 0
    yield part
