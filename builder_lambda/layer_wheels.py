"""Fetch the wheels that a layer needs, and lay them out; what the runtime brings may be left to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder_lambda.distribution import Distribution
from builder_lambda.runtime_provided import RUNTIME_PROVIDED, RuntimeProvided, leave_to_runtime, required_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder_lambda.options import BuildOptions
    from builder_lambda.ports import WheelIndex
    from builder_lambda.stopwatch import Stopwatch
    from builder_lambda.targets import Target
    from builder_lambda.wheels import LockedWheel


def fetch_layer(
    wheels: Sequence[LockedWheel], index: WheelIndex, target: Target, options: BuildOptions, watch: Stopwatch
) -> tuple[list[Distribution], RuntimeProvided]:
    """Return the distributions of a layer, in the order of their wheels, and what is left to the runtime.

    :raises InvalidWheel: if a wheel is damaged or unsafe.
    :raises LayerError: of :meth:`WheelIndex.fetch`.
    """
    if options.exclude_runtime_provided:
        return _without_runtime_provided(wheels, index, target, watch)
    return _fetched(wheels, index, target, watch), RuntimeProvided(left_out=(), kept_for=())


def _fetched(wheels: Sequence[LockedWheel], index: WheelIndex, target: Target, watch: Stopwatch) -> list[Distribution]:
    contents = index.fetch(wheels)
    watch.lap("fetch")
    distributions = [
        Distribution.of_wheel(wheel, content, target) for wheel, content in zip(wheels, contents, strict=True)
    ]
    watch.lap("lay-out")
    return distributions


def _without_runtime_provided(
    wheels: Sequence[LockedWheel], index: WheelIndex, target: Target, watch: Stopwatch
) -> tuple[list[Distribution], RuntimeProvided]:
    """Return the distributions that the runtime does not bring, or that one of these requires, and what is left to it.

    What is left out is not fetched. That is known of a wheel when all that may require it are there, so that
    fetching goes in rounds; there is one round where nothing that stays requires anything of the runtime's.
    """
    requires: dict[str, frozenset[str]] = {wheel.name: frozenset() for wheel in wheels}
    fetched: dict[str, Distribution] = {}
    wanted = [wheel for wheel in wheels if wheel.name not in RUNTIME_PROVIDED]
    while wanted:
        for wheel, distribution in zip(wanted, _fetched(wanted, index, target, watch), strict=True):
            fetched[wheel.name] = distribution
            metadata = distribution.read(f"{distribution.dist_info}/METADATA")
            requires[wheel.name] = required_names(metadata, target.environment)
        stays = requires.keys() - set(leave_to_runtime(requires).left_out)
        wanted = [wheel for wheel in wheels if wheel.name in stays and wheel.name not in fetched]
    return [fetched[wheel.name] for wheel in wheels if wheel.name in fetched], leave_to_runtime(requires)
