"""A wheel as a mapped file, which a download may have opened already."""

from __future__ import annotations

import mmap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from builder_lambda.distributions.wheel_file import WheelFile


class MappedWheel(mmap.mmap):
    """The bytes of a wheel: a map of its file."""

    opened: WheelFile | None = None
    """The wheel, if it was opened while other work proceeded."""
