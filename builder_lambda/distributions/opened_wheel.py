"""Open wheels, each only once."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from builder_lambda.archive.mapped_memory import release_pages
from builder_lambda.distributions.mapped_wheel import MappedWheel
from builder_lambda.distributions.wheel_file import WheelFile
from builder_lambda.errors.wheels import InvalidWheel

if TYPE_CHECKING:
    from builder_lambda.archive.mapped_memory import WheelBytes


def open_wheel(filename: str, content: WheelBytes) -> WheelFile:
    """Return the opened wheel. A :class:`MappedWheel` that is open is not opened again.

    :raises InvalidWheel: if it cannot be used.
    """
    before = content.opened if isinstance(content, MappedWheel) else None
    return before if before is not None and before.filename == filename else WheelFile(filename, content)


def open_early(filename: str, content: WheelBytes) -> None:
    """Open a mapped wheel before it is asked for. An invalid one is reported when it is."""
    if isinstance(content, MappedWheel):
        with contextlib.suppress(InvalidWheel):
            content.opened = WheelFile(filename, content)
        release_pages(content)
