"""A wheel that lies on the disk, which somebody may have opened before it is asked for."""

from __future__ import annotations

import mmap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from builder_lambda.distributions.wheel_file import WheelFile


class KeptWheel(mmap.mmap):
    """Its bytes, as a map of the file."""

    opened: WheelFile | None = None
    """The same, opened by who had the time: see :meth:`builder_lambda.distributions.wheel_file.WheelFile.of`."""
