"""The two halves of making a layer: choose versions (:func:`resolve`), then build their archive (:func:`build`).

Both are read from top to bottom; everything from outside comes in as :class:`Ports`. What only a real build needs is
imported where one begins: a known build is answered from its result, and nothing else is read.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from builder_lambda.contract.request import BuildResult, ResolveResult, own_code_key
from builder_lambda.pipeline.measuring import Stopwatch

if TYPE_CHECKING:
    from packaging.pylock import Pylock

    from builder_lambda.contract.locked_wheel import LockedWheel
    from builder_lambda.contract.options import BuildOptions
    from builder_lambda.contract.request import BuildRequest, ResolveRequest
    from builder_lambda.errors.archives import OverSizeBudget
    from builder_lambda.ports.ports import ArchiveStore, Ports, Resolver

BUILDER_VERSION = 4
"""Raised when the same lock builds other bytes; every layer is built anew then."""


def resolve(request: ResolveRequest, ports: Ports) -> ResolveResult:
    """Choose versions for the requirements and store them as a lock.

    :raises LayerError: of :meth:`Resolver.resolve`, and ``InvalidRequirements``, ``WheelHashMismatch``.
    """
    from builder_lambda.requirements.requirements import parse_requirements
    from builder_lambda.resolvers.local_wheels import OfferingResolver

    requirements = parse_requirements(request.requirements, constraints=request.constraints)
    previous = _find_lock(request.previous_lock_sha256, ports.store)
    ports = ports.at(request.index)
    policy = request.policy(ports.now())
    resolver: Resolver = OfferingResolver(ports.resolver, ports.store)
    if request.allow_source_builds:
        from builder_lambda.sdists.resolver import SourceBuildingResolver

        resolver = SourceBuildingResolver(resolver, ports, request.allow_source_builds)
    resolved = resolver.resolve(requirements, request.target, previous=previous, policy=policy)

    # Whoever runs a program to resolve has had the time to import these.
    from builder_lambda.contract.store_keys import is_built_key
    from builder_lambda.locks.pylock import lock_of, lock_sha256, render_lock
    from builder_lambda.locks.selection import check_hashes, select_wheels, with_hashes

    hashes = requirements.hashes(request.target.environment)
    wheels = select_wheels(with_hashes(resolved, hashes), request.target)
    if not wheels:
        from builder_lambda.errors.requirements import Fault, InvalidRequirements

        reason = f"no package is required for {request.target.slug}"
        raise InvalidRequirements(faults=(Fault(source="requirements", line=None, text="", reason=reason),))
    # What was built here is another file than the requirements may have a hash of: that was the sdist's.
    check_hashes(tuple(wheel for wheel in wheels if not is_built_key(wheel.path)), hashes)

    digest = lock_sha256(wheels)
    ports.store.write_text(_lock_key(digest), render_lock(lock_of(wheels)))
    return ResolveResult(lock_sha256=digest, packages={wheel.name: wheel.version for wheel in wheels})


def build(request: BuildRequest, ports: Ports) -> BuildResult:
    """Build the archive of a stored lock and of stored own code, or answer from the store if that was done before.

    :raises LockMissing: if the lock is not in the store (any more).
    :raises ModuleMissing: if own code is not.
    :raises InterpreterMissing: if bytecode is wanted, and nothing here compiles for the target.
    :raises EmptyLayer: if nothing would be in it.
    :raises OverSizeBudget: if the layer is larger than the request allows.
    :raises LayerError: of the wheels and the index, ``ConflictingFiles``, ``LayerTooLarge``.
    """
    options, target = request.options, request.target
    python_version = ports.compiler.version(target.python_version) if options.bytecode else None
    earlier = known_build(request, python_version, ports.store)
    if earlier is not None:
        return earlier

    watch = Stopwatch(ports.clock)
    wheels = locked_wheels(request, ports.store)
    watch.lap("lock")
    from builder_lambda.indexes.stored_wheels import StoredWheelIndex
    from builder_lambda.pipeline.arrival import LayerWheels

    index = StoredWheelIndex(ports.at(request.index).index, ports.store)
    arriving = LayerWheels(wheels, index, target, exclude_runtime_provided=options.exclude_runtime_provided)

    # From here on the network is busy, and what follows has the time to be imported.
    from builder_lambda.archive.archive import Archive
    from builder_lambda.bytecode.layer import LayerBytecode
    from builder_lambda.distributions.distribution import Distribution
    from builder_lambda.pipeline.assembly import assemble
    from builder_lambda.pipeline.fragment_cache import FragmentCache
    from builder_lambda.pipeline.reporting import layer_report, package_sizes
    from builder_lambda.pipeline.stored_archive import store_archive
    from builder_lambda.slimming.layer import slim_layer, sources_that_stay

    mounted_at = options.mounted_at(target)
    fragments = FragmentCache(
        ports.store, python_version=python_version, mounted_at=mounted_at, builder_version=BUILDER_VERSION
    )
    if options.makes_files:
        own = [m.sha256 for m in request.modules] + ([request.own_code_sha256] if request.own_code_sha256 else [])
        fragments.look_up([*(w.sha256 for w in wheels), *own])
    distributions: list[Distribution] = []
    with LayerBytecode(ports.compiler, target, mounted_at=mounted_at) as compiling:

        def take(distribution: Distribution) -> None:
            distributions.append(distribution)
            fragments.recall(distribution)
            watch.lap("recall")
            arrived = sum(entry.size for each in distributions for entry in each.entries.values())
            if options.bytecode and Archive.has_room_for(arrived):  # else it is refused, or has to be slimmed first
                compiling.begin(distribution, sources_that_stay(distribution, options))

        for distribution in arriving.arrive(watch):
            take(distribution)
        distributions.sort(key=lambda each: each.filename)
        for module in request.modules:
            take(Distribution.of_module(module, ports.store.read_bytes(module.key)))
        if code := request.own_code_sha256:
            take(Distribution.of_code(code, ports.store.read_bytes(own_code_key(code))))
        watch.lap("lay-out")
        slimmed = slim_layer(distributions, options)
        watch.lap("slim")
        archive, bytecode = assemble(distributions, compiling, options, target, python_version)
        watch.lap("bytecode")
    if not archive.entries:
        from builder_lambda.errors.archives import EmptyLayer

        raise EmptyLayer
    if options.size_budget is not None and archive.unpacked_bytes > options.size_budget:
        raise _over_budget(options, archive.unpacked_bytes, archive.biggest)
    content_hash = archive.content_hash
    archive_key = f"archives/{request.name}/{content_hash}.zip"
    with fragments.keeping(distributions):
        written = store_archive(archive, archive_key, ports.store, watch)
    watch.lap("keep")

    result = BuildResult(
        content_hash=content_hash,
        code_sha256=written.code_sha256,
        archive_key=archive_key,
        lock_sha256=request.lock_sha256,
        size_bytes=written.size_bytes,
        unpacked_bytes=archive.unpacked_bytes,
        packages=package_sizes(archive, wheels),
        seconds=watch.seconds(),
        peak_memory_bytes=ports.peak_memory(),
        report=layer_report(archive, request.modules, slimmed, bytecode, arriving.provided),
    )
    keep_result(request, result, python_version, ports.store)
    return result


def known_build(request: BuildRequest, python_version: str | None, store: ArchiveStore) -> BuildResult | None:
    """Return the result of an earlier build of the same, whoever built it, or ``None``.

    :param python_version: of the interpreter that would compile; ``None`` where nothing is to be compiled.
    :raises OverSizeBudget: if it is larger than the request allows.
    """
    earlier = _earlier_result(_result_key(request, python_version), store)
    return None if earlier is None else _within_budget(earlier, request.options)


def keep_result(request: BuildRequest, result: BuildResult, python_version: str | None, store: ArchiveStore) -> None:
    """Store a result beside its archive, and where the next build of the same finds it."""
    from builder_lambda.pipeline.stored_archive import report_key

    text = json.dumps(result.to_mapping(), sort_keys=True)
    store.write_text(report_key(result.archive_key), text)
    store.write_text(_result_key(request, python_version), text)


def locked_wheels(request: BuildRequest, store: ArchiveStore) -> tuple[LockedWheel, ...]:
    """Return the wheels of the request's lock; there are none where it has own code only."""
    if request.lock_sha256 is None:
        return ()
    from builder_lambda.locks.selection import select_wheels

    lock = _find_lock(request.lock_sha256, store)
    if lock is None:
        from builder_lambda.errors.locks import LockMissing

        raise LockMissing(lock_sha256=request.lock_sha256)
    return select_wheels(lock, request.target)


def import_pipeline() -> None:
    """Import what a build needs, for who has the time: while a resolver works, this process waits."""


def _find_lock(digest: str | None, store: ArchiveStore) -> Pylock | None:
    text = store.read_text(_lock_key(digest)) if digest else None
    if text is None:
        return None
    from builder_lambda.locks.pylock import parse_lock

    return parse_lock(text)


def _lock_key(digest: str) -> str:
    return f"locks/{digest}.toml"


def _result_key(request: BuildRequest, python_version: str | None) -> str:
    """Return where the result of a build is kept: named by everything that its archive depends on.

    The interpreter that compiles is part of it, and only where something is to be compiled. A size budget is not.
    """
    asked = request.identity()
    options = {**request.options.to_mapping(), "size_budget": None}
    parts = {**asked, "options": options, "builder_version": BUILDER_VERSION, "python_version": python_version}
    return f"results/{hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()}.json"


def _earlier_result(key: str, store: ArchiveStore) -> BuildResult | None:
    """Return the stored result, if it can be read, and its archive is still there and is the one it tells of."""
    text = store.read_text(key)
    if text is None:
        return None
    try:
        result = BuildResult.from_mapping(json.loads(text))
    except (AttributeError, KeyError, TypeError, ValueError):
        return None  # damaged, or of another version: it is made again
    stored = store.find_archive(result.archive_key)
    is_there = stored is not None and stored.code_sha256 == result.code_sha256
    return result if is_there and stored is not None and stored.size_bytes == result.size_bytes else None


def _within_budget(result: BuildResult, options: BuildOptions) -> BuildResult:
    """Return the result of an earlier build, if it is within a budget that it may not have been built with.

    :raises OverSizeBudget: if it is not.
    """
    size_budget = options.size_budget
    if size_budget is None or result.unpacked_bytes <= size_budget:
        return result
    sizes = {f"{name} {package.version}": package.unpacked_bytes for name, package in result.packages.items()}
    sizes |= {name: size.unpacked_bytes for name, size in result.report.modules.items()}
    biggest = tuple(sorted(sizes.items(), key=lambda item: (-item[1], item[0])))[:8]
    raise _over_budget(options, result.unpacked_bytes, biggest)


def _over_budget(options: BuildOptions, unpacked_bytes: int, biggest: tuple[tuple[str, int], ...]) -> OverSizeBudget:
    from builder_lambda.errors.archives import OverSizeBudget

    budget = options.size_budget or 0
    return OverSizeBudget(unpacked_bytes=unpacked_bytes, size_budget=budget, biggest=biggest, subject=options.subject)
