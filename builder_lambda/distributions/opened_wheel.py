"""Open wheels, each only once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder_lambda.distributions.mapped_wheel import MappedWheel
from builder_lambda.distributions.wheel_file import WheelFile

if TYPE_CHECKING:
    from builder_lambda.archive.mapped_memory import WheelBytes


def open_wheel(filename: str, content: WheelBytes) -> WheelFile:
    """Return the opened wheel. A :class:`MappedWheel` that is open is not opened again.

    :raises InvalidWheel: if it cannot be used.
    """
    before = content.opened if isinstance(content, MappedWheel) else None
    return before if before is not None and before.filename == filename else WheelFile(filename, content)
