"""Build the archive of a lock, or answer from the store if that was done before.

Imports little, so that a known build is answered fast. A new build is imported in two steps: first what starts the
downloads, then the rest while they are under way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder_lambda.pipeline.measuring import Stopwatch
from builder_lambda.pipeline.results import keep_result, known_build

if TYPE_CHECKING:
    from builder_lambda.contract.request import BuildRequest, BuildResult
    from builder_lambda.ports.ports import Ports


def build(request: BuildRequest, ports: Ports) -> BuildResult:
    """Return the archive of a stored lock and of stored function code: the known one, or a new one.

    :raises LayerError: see :func:`new_build`.
    """
    return find_build(request, ports) or new_build(request, ports)


def find_build(request: BuildRequest, ports: Ports) -> BuildResult | None:
    """Return the result of an earlier build of the same request, or ``None``.

    :raises InterpreterMissing: if bytecode is wanted, and nothing here compiles for the target.
    :raises OverSizeBudget: if the archive is larger than the request allows.
    """
    return known_build(request, _python_version(request, ports), ports.store)


def new_build(request: BuildRequest, ports: Ports) -> BuildResult:
    """Build an archive, whether or not it was built before, and keep its result.

    :raises LockMissing: if the lock is not in the store (any more).
    :raises ModuleMissing: if a module or function code is not.
    :raises InterpreterMissing: if bytecode is wanted, and nothing here compiles for the target.
    :raises EmptyLayer: if nothing would be in it.
    :raises OverSizeBudget: if the layer is larger than the request allows.
    :raises LayerError: of the wheels and the index, ``ConflictingFiles``, ``LayerTooLarge``.
    """
    watch = Stopwatch(ports.clock)
    from builder_lambda.pipeline.arrival import Arrival

    arrival = Arrival.of(request, ports, watch)  # the network is busy from here on
    from builder_lambda.pipeline.new_build import build_archive

    python_version = _python_version(request, ports)
    result = build_archive(request, python_version, arrival, ports, watch)
    keep_result(request, result, python_version, ports.store)
    return result


def _python_version(request: BuildRequest, ports: Ports) -> str | None:
    """Return the version of the interpreter that compiles; ``None`` if nothing is compiled."""
    return ports.compiler.version(request.target.python_version) if request.options.bytecode else None
