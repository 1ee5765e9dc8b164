"""Wheels as they arrive: downloaded, and laid out one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder_lambda.archive.mapped_memory import release_pages
from builder_lambda.distributions.distribution import Distribution
from builder_lambda.indexes.stored_wheels import StoredWheelIndex
from builder_lambda.pipeline.packed_sizes import check_packed_sizes
from builder_lambda.pipeline.runtime_provided import RUNTIME_PROVIDED, RuntimeProvided, leave_to_runtime, required_names
from builder_lambda.pipeline.stored_locks import locked_wheels

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder_lambda.contract.locked_wheel import LockedWheel
    from builder_lambda.contract.request import BuildRequest
    from builder_lambda.contract.targets import Target
    from builder_lambda.pipeline.measuring import Stopwatch
    from builder_lambda.ports.ports import Ports, WheelIndex
    from builder_lambda.ports.reporter import Reporter


class Arrival:
    """The wheels of one layer, while they are downloaded."""

    provided: RuntimeProvided = RuntimeProvided(left_out=(), kept_for=())
    """What is left to the runtime. Known when all distributions have arrived."""

    def __init__(
        self,
        wheels: Sequence[LockedWheel],
        index: WheelIndex,
        target: Target,
        watch: Stopwatch,
        reporter: Reporter,
        *,
        exclude_runtime_provided: bool,
    ) -> None:
        """Begin to download."""
        self.wheels = wheels
        self._index = index
        self._target = target
        self._watch = watch
        self._reporter = reporter
        self._leaves_to_runtime = exclude_runtime_provided
        self._wanted = [w for w in wheels if not exclude_runtime_provided or w.name not in RUNTIME_PROVIDED]
        self._arriving = index.fetch(self._wanted)

    @classmethod
    def of(cls, request: BuildRequest, ports: Ports, watch: Stopwatch) -> Arrival:
        """Begin to download the wheels of a request's lock.

        :raises LockMissing: if the lock is not in the store.
        :raises WheelsTooLarge: if the wheels cannot fit by the sizes in the lock.
        """
        wheels = locked_wheels(request, ports.store)
        watch.lap("lock")
        index = StoredWheelIndex(ports.open_indexes(request.index).wheels, ports.store)
        only_missing = request.options.exclude_runtime_provided
        sure = [wheel for wheel in wheels if not only_missing or wheel.name not in RUNTIME_PROVIDED]
        check_packed_sizes(sure, request.options)
        return cls(wheels, index, request.target, watch, ports.reporter, exclude_runtime_provided=only_missing)

    def distributions(self) -> Iterator[Distribution]:
        """Yield each distribution once.

        What is left to the runtime is not downloaded. Whether a wheel is left to it depends on all wheels that may
        require it, so downloads go in rounds. If nothing requires a distribution of the runtime, there is one round.

        :raises InvalidWheel: if a wheel is damaged or unsafe.
        :raises LayerError: of :meth:`WheelIndex.fetch`.
        """
        requires: dict[str, frozenset[str]] = {wheel.name: frozenset() for wheel in self.wheels}
        here = set[str]()
        while True:
            for wheel, distribution in self._laid_out():
                here.add(wheel.name)
                if self._leaves_to_runtime:
                    metadata = distribution.read(f"{distribution.dist_info}/METADATA")
                    requires[wheel.name] = required_names(metadata, self._target.environment)
                yield distribution
            if self._leaves_to_runtime:
                self.provided = leave_to_runtime(requires)
            missing = requires.keys() - here - set(self.provided.left_out)
            if not missing:
                return
            self._wanted = [wheel for wheel in self.wheels if wheel.name in missing]
            self._arriving = self._index.fetch(self._wanted)

    def _laid_out(self) -> Iterator[tuple[LockedWheel, Distribution]]:
        with self._reporter.arrival("downloading wheels", len(self._wanted)) as arrived:
            for wheel in self._wanted:
                content = next(self._arriving)
                arrived(len(content))
                self._watch.lap("fetch")
                distribution = Distribution.of_wheel(wheel, content, self._target)
                release_pages(content)
                self._watch.lap("lay-out")
                yield wheel, distribution
