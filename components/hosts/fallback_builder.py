"""FallbackBuilder: tries several hosts in order, until one succeeds."""

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
"""Codes of errors that are caused by a host, not by the request: another host may succeed."""


class FallbackBuilder:
    """Builds on the first host that can. See :class:`components.hosts.builders.Builder`.

    :param hosts: name of each host, and a function that makes its builder.
    :param report: receives a line that names the host that built, and the errors of those before it.
    :param codes: errors after which the next host is tried. All others are raised at once.
    """

    def __init__(
        self,
        hosts: Sequence[tuple[str, Callable[[], Builder]]],
        *,
        report: Callable[[str], None],
        codes: Iterable[str] = ANOTHER_HOST_COULD,
    ) -> None:
        self._hosts = hosts
        self._report = report
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
        failures: list[tuple[str, LayerError]] = []
        for host, make in self._hosts:
            try:
                answer = ask(make())
            except LayerError as error:
                if error.code not in self._codes:
                    raise
                failures.append((host, error))
                continue
            why = ", ".join(f"{other} could not: {error.code}" for other, error in failures)
            self._report(f"{done} by host {host} ({why or 'first in the host order'})")
            return answer
        if len(failures) == 1:
            raise failures[0][1]
        raise host_errors.NoHostCould(attempts=tuple((host, str(error)) for host, error in failures))
