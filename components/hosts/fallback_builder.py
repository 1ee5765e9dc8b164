"""FallbackBuilder: asks one host after another, as long as the one before says that another could do it."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from builder_lambda.contract.request import BuildRequest, BuildResult, ResolveRequest, ResolveResult
from builder_lambda.errors import hosts as host_errors
from builder_lambda.errors.base import LayerError
from builder_lambda.errors.builder_function import (
    BuilderMissing,
    BuilderOutOfMemory,
    BuilderTimedOut,
    InterpreterMissing,
)
from builder_lambda.errors.sdists import SOLVED_BY_ANOTHER_HOST

from .builders import Builder

_Answer = TypeVar("_Answer")

ANOTHER_HOST_COULD: frozenset[str] = (
    frozenset(
        kind.code
        for kind in (
            BuilderMissing,
            BuilderOutOfMemory,
            BuilderTimedOut,
            InterpreterMissing,
            host_errors.CodeBuildMissing,
            host_errors.CodeBuildTimedOut,
            host_errors.ContainerEngineMissing,
            host_errors.ContainerEngineUnreachable,
            host_errors.ContainerKilled,
            host_errors.ContainerPlatformUnsupported,
            host_errors.ContainerTimedOut,
            host_errors.ImageNotPulled,
            host_errors.ImageUnusable,
        )
    )
    | SOLVED_BY_ANOTHER_HOST
)
"""Codes of faults that are of the host, not of what it was asked: another host may do the same."""


class FallbackBuilder:
    """Builds on the first host that can. See :class:`components.hosts.builders.Builder`.

    :param hosts: name of each host, and what makes its builder when it is its turn.
    :param tell: is told which host built, and why not the ones before it.
    :param codes: faults after which the next host is asked; any other is the user's, and is raised.
    """

    def __init__(
        self,
        hosts: Sequence[tuple[str, Callable[[], Builder]]],
        *,
        tell: Callable[[str], None],
        codes: Iterable[str] = ANOTHER_HOST_COULD,
    ) -> None:
        self._hosts = hosts
        self._tell = tell
        self._codes = frozenset(codes)

    def resolve(self, request: ResolveRequest) -> ResolveResult:
        """See :meth:`components.hosts.builders.Builder.resolve`.

        :raises NoHostCould: if no host can.
        """
        return self._first(lambda builder: builder.resolve(request), "versions chosen")

    def build(self, request: BuildRequest) -> BuildResult:
        """See :meth:`components.hosts.builders.Builder.build`.

        :raises NoHostCould: if no host can.
        """
        return self._first(lambda builder: builder.build(request), "built")

    def _first(self, ask: Callable[[Builder], _Answer], done: str) -> _Answer:
        faults: list[tuple[str, LayerError]] = []
        for host, make in self._hosts:
            try:
                answer = ask(make())
            except LayerError as error:
                if error.code not in self._codes:
                    raise
                faults.append((host, error))
                continue
            why = ", ".join(f"{other} could not: {error.code}" for other, error in faults)
            self._tell(f"{done} by host {host} ({why or 'the first of the host_order'})")
            return answer
        if len(faults) == 1:
            raise faults[0][1]
        raise host_errors.NoHostCould(attempts=tuple((host, str(error)) for host, error in faults))
