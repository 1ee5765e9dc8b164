"""Shows progress on standard error, if that is a terminal."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.progress import TaskID

    from layer_cli.output.display import Display


class Progress:
    """Shows a line for each thing that runs. Implements :class:`~builder_lambda.ports.reporter.Reporter`."""

    def __init__(self, *, is_wanted: bool) -> None:
        """Show progress if it is wanted and standard error is a terminal."""
        self._is_shown = is_wanted and sys.stderr.isatty()
        self._lock = Lock()
        self._display: Display | None = None
        self._blocks = 0
        self._counted: dict[str, tuple[TaskID, int]] = {}

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        """Show ``text`` while the block runs. The line disappears afterwards."""
        with self._shared_display() as display:
            line = display.add(text) if display else None
            yield
            if display and line is not None:
                display.remove(line)

    @contextmanager
    def arrival(self, text: str, count: int) -> Iterator[Callable[[int], None]]:
        """Show a bar while ``count`` files arrive. Call what this yields with the bytes of each."""
        with self._shared_display() as display:
            if display is None:
                yield lambda _size: None
                return
            line, number, total = display.add(text, total=count), 0, 0

            def arrived(size: int) -> None:
                nonlocal number, total
                number, total = number + 1, total + size
                display.arrived(line, number, count, total)

            yield arrived
            display.remove(line)

    @contextmanager
    def counting(self, text: str, count: int) -> Iterator[None]:
        """Show ``text`` with the number processed in all blocks of this text. This block processes ``count``."""
        with self._shared_display() as display:
            if display is None:
                yield
                return
            with self._lock:
                line, done = self._counted.get(text) or (display.add(text), 0)
                self._counted[text] = (line, done)
            yield
            with self._lock:
                line, done = self._counted.get(text, (line, 0))
                self._counted[text] = (line, done + count)
                display.count(line, done + count)

    @contextmanager
    def _shared_display(self) -> Iterator[Display | None]:
        """Yield the shared display, which exists while any block runs; ``None`` if nothing is shown."""
        if not self._is_shown:
            yield None
            return
        with self._lock:
            if self._display is None:
                from layer_cli.output.display import Display

                self._display = Display()
            self._blocks += 1
            display = self._display
        try:
            yield display
        finally:
            with self._lock:
                self._blocks -= 1
                if not self._blocks:
                    display.stop()
                    self._display = None
                    self._counted.clear()
