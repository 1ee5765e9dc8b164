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
    """Build the archive of a stored lock and of stored own code.

    :raises LockMissing: if the lock is not in the store (any more).
    :raises ModuleMissing: if own code is not.
    :raises InterpreterMissing: if bytecode is wanted, and nothing here compiles for the target.
    :raises EmptyLayer: if nothing would be in it.
    :raises OverSizeBudget: if the layer is larger than the request allows.
    :raises LayerError: of the wheels and the index, ``ConflictingFiles``, ``LayerTooLarge``.
    """
    wants_bytecode = request.options.bytecode
    python_version = ports.compiler.version(request.target.python_version) if wants_bytecode else None
    earlier = known_build(request, python_version, ports.store)
    if earlier is not None:
        return earlier

    watch = Stopwatch(ports.clock)
    from builder_lambda.pipeline.arrival import Arrival

    arrival = Arrival.of(request, ports, watch)  # the network is busy from here on
    from builder_lambda.pipeline.new_build import build_archive

    result = build_archive(request, python_version, arrival, ports, watch)
    keep_result(request, result, python_version, ports.store)
    return result
