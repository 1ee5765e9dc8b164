"""The steps from arriving wheels to a stored archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder_lambda.archive.archive import Archive
from builder_lambda.bytecode.layer import LayerBytecode
from builder_lambda.contract.request import BuildResult
from builder_lambda.contract.store_keys import archive_key, module_key
from builder_lambda.distributions.distribution import Distribution
from builder_lambda.errors.archives import EmptyLayer
from builder_lambda.pipeline.assembly import assemble
from builder_lambda.pipeline.fragment_cache import FragmentCache
from builder_lambda.pipeline.reporting import layer_report, package_sizes, sizes_by_owner
from builder_lambda.pipeline.results import BUILDER_VERSION, check_size_budget
from builder_lambda.pipeline.stored_archive import store_archive
from builder_lambda.pipeline.verification import Verification
from builder_lambda.slimming.layer import slim_layer, sources_that_stay

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder_lambda.contract.request import BuildRequest
    from builder_lambda.pipeline.arrival import Arrival
    from builder_lambda.pipeline.measuring import Stopwatch
    from builder_lambda.ports.ports import Ports


def build_archive(
    request: BuildRequest, python_version: str | None, arrival: Arrival, ports: Ports, watch: Stopwatch
) -> BuildResult:
    """Lay out, verify, slim, compile and store a layer, or the deployment package of a function.

    :param python_version: of the interpreter that compiles; ``None`` if nothing is compiled.
    :raises LayerError: see :func:`builder_lambda.pipeline.build.build`.
    """
    with Verification() as verification:
        return _built(request, python_version, arrival, ports, watch, verification)


def _built(
    request: BuildRequest,
    python_version: str | None,
    arrival: Arrival,
    ports: Ports,
    watch: Stopwatch,
    verification: Verification,
) -> BuildResult:
    options, target = request.options, request.target
    mounted_at = options.mounted_at(target)
    fragments = FragmentCache(
        ports.store, python_version=python_version, mounted_at=mounted_at, builder_version=BUILDER_VERSION
    )
    own = [*(module.sha256 for module in request.modules), request.function_code_sha256]
    fragments.look_up([*(w.sha256 for w in arrival.wheels), *(each for each in own if each and options.makes_files)])
    distributions: list[Distribution] = []
    with LayerBytecode(ports.compiler, target, mounted_at=mounted_at, reporter=ports.reporter) as compiling:

        def take(distribution: Distribution) -> None:
            distributions.append(distribution)
            fragments.recall(distribution)
            watch.lap("recall")
            arrived = sum(entry.size for each in distributions for entry in each.entries.values())
            compiled: Sequence[str] = ()
            if options.bytecode and Archive.has_room_for(arrived):  # else it is refused, or has to be slimmed first
                compiled = sources_that_stay(distribution, options)
                compiling.begin(distribution, compiled)
            verification.begin(distribution, read=compiled)

        for distribution in arrival.distributions():
            take(distribution)
        distributions.sort(key=lambda each: each.filename)
        for module in request.modules:
            take(Distribution.of_module(module, ports.store.read_bytes(module.key)))
        if code := request.function_code_sha256:
            take(Distribution.of_code(code, ports.store.read_bytes(module_key(code))))
        watch.lap("lay-out")
        slimmed = slim_layer(distributions, options)
        watch.lap("slim")
        archive, bytecode = assemble(distributions, compiling, options, target, python_version)
        watch.lap("bytecode")
    if not archive.entries:
        raise EmptyLayer
    check_size_budget(options, archive.unpacked_bytes, archive.biggest)
    key = archive_key(request.name, archive.content_hash)
    with fragments.keeping(distributions, verification.finish):
        written = store_archive(archive, key, ports.store, watch, verification.finish)
    watch.lap("keep")
    owned = sizes_by_owner(archive)
    return BuildResult(
        content_hash=archive.content_hash,
        code_sha256=written.code_sha256,
        archive_key=key,
        lock_sha256=request.lock_sha256,
        size_bytes=written.size_bytes,
        unpacked_bytes=archive.unpacked_bytes,
        packages=package_sizes(owned, arrival.wheels),
        seconds=watch.seconds(),
        peak_memory_bytes=ports.peak_memory(),
        report=layer_report(archive, owned, request.modules, slimmed, bytecode, arrival.provided),
    )
