"""Tell on standard error what takes time, while it does. Nothing is told where that is not a terminal."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Progress:
    """Shows one line: what is being done, and for how long."""

    def __init__(self, *, is_wanted: bool) -> None:
        """Show something if it is wanted, and standard error is a terminal."""
        self._is_shown = is_wanted and sys.stderr.isatty()

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        """Show ``text`` while the block runs; the line is gone afterwards."""
        if not self._is_shown:
            yield
            return
        from rich.console import Console
        from rich.progress import Progress as Lines
        from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        with Lines(*columns, console=Console(stderr=True), transient=True) as lines:
            lines.add_task(text)
            yield
