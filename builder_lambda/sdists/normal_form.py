"""Writes a wheel so that equal content gives equal bytes: sorted, without dates, packed by our own compressor.

Pure. A build backend stamps members with the current time, and packs them with the zlib of its interpreter.
"""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from builder_lambda.archive.entry import ArchiveEntry
from builder_lambda.archive.zip_writer import zip_of
from builder_lambda.distributions.wheel_layout import with_record

if TYPE_CHECKING:
    from builder_lambda.distributions.wheel_file import WheelFile

_SIGNATURES = ("RECORD", "RECORD.jws", "RECORD.p7s")


def normal_form(wheel: WheelFile) -> bytes:
    """Return the bytes of a wheel in normal form, with a new RECORD.

    :raises InvalidWheel: if a member is damaged.
    """
    left_out = {f"{wheel.dist_info}/{name}" for name in _SIGNATURES}
    return zip_of(with_record((_entry(wheel, path) for path in wheel.members if path not in left_out), wheel.dist_info))


def _entry(wheel: WheelFile, path: str) -> ArchiveEntry:
    is_executable = wheel.members[path].external_attr >> 16 & stat.S_IXUSR
    mode = 0o755 if is_executable else 0o644
    return ArchiveEntry.deflated(path, wheel.read(path), owner=wheel.owner, mode=mode)
