"""A wheel as a mapped file, which may have been opened before it is asked for."""

from __future__ import annotations

import mmap
from typing import TYPE_CHECKING

from builder_lambda.distributions.wheel_file import WheelFile

if TYPE_CHECKING:
    from builder_lambda.archive.mapped_memory import WheelBytes


class MappedWheel(mmap.mmap):
    """The bytes of a wheel, as a map of its file."""

    opened: WheelFile | None = None
    """The wheel, if it was opened while other work proceeded."""


def open_wheel(filename: str, content: WheelBytes) -> WheelFile:
    """Return the opened wheel, without opening it again if that was done before.

    :raises InvalidWheel: if it cannot be used.
    """
    before = content.opened if isinstance(content, MappedWheel) else None
    return before if before is not None and before.filename == filename else WheelFile(filename, content)
