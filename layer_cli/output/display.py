"""The terminal display of progress. Its library, rich, takes longer to import than a known build takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.filesize import decimal
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from rich.progress import TaskID


class Display:
    """Lines on standard error that disappear when they are done."""

    def __init__(self) -> None:
        """Show nothing yet."""
        self._lines = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[done]}"),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._lines.start()

    def add(self, text: str, *, total: int | None = None) -> TaskID:
        """Add a line, with a bar if it counts to a total."""
        return self._lines.add_task(text, total=total, done="" if total is None else f"0/{total}")

    def count(self, line: TaskID, number: int) -> None:
        """Show a number in a line."""
        self._lines.update(line, done=f"{number:,}")

    def arrived(self, line: TaskID, number: int, total: int, size_bytes: int) -> None:
        """Show how many files have arrived, of how many, and their bytes. The last number is always shown."""
        done, is_last = f"{number}/{total} {decimal(size_bytes)}", number == total
        self._lines.update(line, completed=number, done=done, refresh=is_last)

    def remove(self, line: TaskID) -> None:
        """Remove a line."""
        self._lines.remove_task(line)

    def stop(self) -> None:
        """Remove all lines."""
        self._lines.stop()
