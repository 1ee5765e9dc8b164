"""Progress of long work, reported while it runs."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager


class Reporter(Protocol):
    """Receives progress. The stages of a build call it, from any thread."""

    def step(self, text: str) -> AbstractContextManager[None]:
        """Report that something runs, for as long as the block does."""
        ...

    def arrival(self, text: str, count: int) -> AbstractContextManager[Callable[[int], None]]:
        """Report that ``count`` files arrive. The block calls what it is given with the bytes of each."""
        ...

    def counting(self, text: str, count: int) -> AbstractContextManager[None]:
        """Report that the block processes ``count`` things. Blocks with the same text share one counter."""
        ...


class SilentReporter:
    """Reports nothing."""

    @contextmanager
    def step(self, _text: str) -> Iterator[None]:
        """See :class:`Reporter`."""
        yield

    @contextmanager
    def arrival(self, _text: str, _count: int) -> Iterator[Callable[[int], None]]:
        """See :class:`Reporter`."""
        yield lambda _size: None

    @contextmanager
    def counting(self, _text: str, _count: int) -> Iterator[None]:
        """See :class:`Reporter`."""
        yield


SILENT = SilentReporter()
