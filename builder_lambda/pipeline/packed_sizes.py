"""Refuses a layer that cannot fit before its wheels are downloaded. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder_lambda.archive.archive import MAX_UNPACKED_BYTES
from builder_lambda.contract.bounds import PACKED_MARGIN_BYTES, SLIMMED_TO
from builder_lambda.errors.archives import WheelsTooLarge

if TYPE_CHECKING:
    from collections.abc import Iterable

    from builder_lambda.contract.locked_wheel import LockedWheel
    from builder_lambda.contract.options import BuildOptions

_SHOWN = 5


def check_packed_sizes(wheels: Iterable[LockedWheel], options: BuildOptions) -> None:
    """Refuse wheels that exceed Lambda's limit by the sizes that their lock states.

    A wheel unpacks to at least its packed size, apart from the headers of its members, for which there is a margin.
    Slimming leaves out files and symbols, so the limit is then several times as high. Patterns of ``exclude`` may leave
    out anything, so such a layer is not refused here. Wheels without a size count as empty.

    :raises WheelsTooLarge: naming the largest.
    """
    if options.exclude:
        return
    sizes = [(wheel.size or 0, f"{wheel.name} {wheel.version}") for wheel in wheels]
    packed = sum(size for size, _ in sizes)
    slimmed_to = SLIMMED_TO if options.slim != "none" else 1
    if packed > slimmed_to * MAX_UNPACKED_BYTES + PACKED_MARGIN_BYTES:
        biggest = tuple((name, size) for size, name in sorted(sizes, reverse=True)[:_SHOWN])
        raise WheelsTooLarge(packed_bytes=packed, limit=MAX_UNPACKED_BYTES, biggest=biggest, subject=options.subject)
