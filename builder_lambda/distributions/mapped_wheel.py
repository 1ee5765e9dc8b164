"""A wheel as a mapped file, which may have been opened before it is asked for."""

from __future__ import annotations

import mmap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from builder_lambda.distributions.wheel_file import WheelFile


class MappedWheel(mmap.mmap):
    """The bytes of a wheel, as a map of its file."""

    opened: WheelFile | None = None
    """The wheel, if it was opened while other work proceeded."""
