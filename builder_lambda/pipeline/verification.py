"""The comparison of wheels with their RECORD, in threads, while other wheels are downloaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import Future
    from types import TracebackType

    from builder_lambda.distributions.distribution import Distribution


class Verification:
    """The wheels of one layer that no earlier build has verified. A context manager."""

    def __init__(self) -> None:
        """Begin with no wheels."""
        self._checks: list[Future[None]] = []

    def __enter__(self) -> Verification:
        """Return itself."""
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        """Cancel the checks that do not run yet. Only after an error there are some."""
        for check in self._checks:
            check.cancel()

    def begin(self, distribution: Distribution) -> None:
        """Begin to verify a distribution, unless its fragment shows that this was done."""
        self._checks += distribution.begin_checks()

    def finish(self) -> None:
        """Wait until all are verified.

        :raises InvalidWheel: if a file of a wheel is damaged, or not what RECORD declares.
        """
        for check in self._checks:
            check.result()
