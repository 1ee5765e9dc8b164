"""Tell on standard error what takes time, while it does. Nothing is told where that is not a terminal."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.progress import Progress as Lines
    from rich.progress import TaskID


class Progress:
    """Shows a line for each thing that is being done, as long as it is; several may be at once, from any thread."""

    def __init__(self, *, is_wanted: bool) -> None:
        """Show something if it is wanted, and standard error is a terminal."""
        self._is_shown = is_wanted and sys.stderr.isatty()
        self._lock = Lock()
        self._lines: Lines | None = None
        self._shown = 0
        self._counted: dict[str, tuple[TaskID, int]] = {}

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        """Show ``text`` while the block runs; the line is gone afterwards."""
        with self._shared_lines() as lines:
            task = lines.add_task(text, total=None, told="") if lines else None
            yield
            if lines and task is not None:
                lines.remove_task(task)

    @contextmanager
    def arrival(self, text: str, count: int) -> Iterator[Callable[[int], None]]:
        """Show a bar while ``count`` things arrive; call what this gives with the bytes of each."""
        with self._shared_lines() as lines:
            if lines is None:
                yield lambda _size: None
                return
            from rich.filesize import decimal

            bar, total = lines.add_task(text, total=count, told=f"0/{count}"), 0

            def arrived(size: int) -> None:
                nonlocal total
                total += size
                lines.advance(bar)
                done = int(lines.tasks[lines.task_ids.index(bar)].completed)
                lines.update(bar, told=f"{done}/{count} {decimal(total)}")

            yield arrived
            lines.remove_task(bar)

    @contextmanager
    def counting(self, text: str, count: int) -> Iterator[None]:
        """Show ``text`` with how many were done in all blocks of this text, of which this one does ``count``."""
        with self._shared_lines() as lines:
            if lines is None:
                yield
                return
            with self._lock:
                task, done = self._counted.get(text) or (lines.add_task(text, total=None, told=""), 0)
                self._counted[text] = (task, done)
            yield
            with self._lock:
                task, done = self._counted.get(text, (task, 0))
                self._counted[text] = (task, done + count)
                lines.update(task, told=f"{done + count:,}")

    @contextmanager
    def _shared_lines(self) -> Iterator[Lines | None]:
        """Give what shows lines while anything does, and ``None`` where nothing is to be shown."""
        if not self._is_shown:
            yield None
            return
        with self._lock:
            if self._lines is None:
                self._lines = _started()
            self._shown += 1
            lines = self._lines
        try:
            yield lines
        finally:
            with self._lock:
                self._shown -= 1
                if not self._shown:
                    lines.stop()
                    self._lines = None
                    self._counted.clear()


def _started() -> Lines:
    from rich.console import Console
    from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Lines

    told = TextColumn("{task.fields[told]}")
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=24), told, TimeElapsedColumn())
    lines = Lines(*columns, console=Console(stderr=True), transient=True)
    lines.start()
    return lines
