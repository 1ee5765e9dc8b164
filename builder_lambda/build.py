"""The two halves of making a layer: choose versions (:func:`resolve`), then build their archive (:func:`build`).

Both are read from top to bottom; everything from outside comes in as :class:`Ports`. What only a real build needs is
imported where one begins: a known build is answered from its result, and nothing else is read.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from builder_lambda.build_errors import OverSizeBudget
from builder_lambda.errors import Fault, InvalidRequirements, LockMissing
from builder_lambda.request import BuildResult, ResolveResult
from builder_lambda.stopwatch import Stopwatch

if TYPE_CHECKING:
    from packaging.pylock import Pylock

    from builder_lambda.ports import ArchiveStore, Ports
    from builder_lambda.request import BuildRequest, ResolveRequest

BUILDER_VERSION = 2
"""Raised when the same lock builds other bytes; every layer is built anew then."""


def resolve(request: ResolveRequest, ports: Ports) -> ResolveResult:
    """Choose versions for the requirements and store them as a lock.

    :raises LayerError: of :meth:`Resolver.resolve`, and ``InvalidRequirements``, ``WheelHashMismatch``.
    """
    from builder_lambda.lock import lock_of, lock_sha256, render_lock
    from builder_lambda.requirements import parse_requirements
    from builder_lambda.wheels import check_hashes, select_wheels, with_hashes

    requirements = parse_requirements(request.requirements, constraints=request.constraints)
    previous = _find_lock(request.previous_lock_sha256, ports.store)
    ports = ports.at(request.index)
    policy = request.policy(ports.now())
    resolved = ports.resolver.resolve(requirements, request.target, previous=previous, policy=policy)

    hashes = requirements.hashes(request.target.environment)
    wheels = select_wheels(with_hashes(resolved, hashes), request.target)
    if not wheels:
        reason = f"no package is required for {request.target.slug}"
        raise InvalidRequirements(faults=(Fault(source="requirements", line=None, text="", reason=reason),))
    check_hashes(wheels, hashes)

    digest = lock_sha256(wheels)
    ports.store.write_text(_lock_key(digest), render_lock(lock_of(wheels)))
    return ResolveResult(lock_sha256=digest, packages={wheel.name: wheel.version for wheel in wheels})


def build(request: BuildRequest, ports: Ports) -> BuildResult:
    """Build the layer archive of a stored lock, or answer from the store if that was done before.

    :raises LockMissing: if the lock is not in the store (any more).
    :raises ModuleMissing: if an own module is not.
    :raises InterpreterMissing: if bytecode is wanted, and nothing here compiles for the target.
    :raises OverSizeBudget: if the layer is larger than the request allows.
    :raises LayerError: of the wheels and the index, ``ConflictingFiles``, ``LayerTooLarge``.
    """
    options, target = request.options, request.target
    python_version = ports.compiler.version(target.python_version) if options.bytecode else None
    result_key = f"results/{_build_sha256(request, python_version)}.json"
    earlier = _earlier_result(result_key, ports.store)
    if earlier is not None:
        return _within_budget(earlier, options.size_budget)

    from builder_lambda.distribution import Distribution
    from builder_lambda.fragment_cache import FragmentCache
    from builder_lambda.layer_archive import assemble
    from builder_lambda.layer_report import layer_report, package_sizes
    from builder_lambda.layer_slimming import slim_layer
    from builder_lambda.layer_wheels import fetch_layer
    from builder_lambda.stored_archive import report_key, store_archive
    from builder_lambda.wheels import select_wheels

    watch = Stopwatch(ports.clock)
    lock = _find_lock(request.lock_sha256, ports.store)
    if lock is None:
        raise LockMissing(lock_sha256=request.lock_sha256)
    wheels = select_wheels(lock, target)
    watch.lap("lock")
    distributions, provided = fetch_layer(wheels, ports.at(request.index).index, target, options, watch)
    distributions += [Distribution.of_module(each, ports.store.read_bytes(each.key)) for each in request.modules]
    watch.lap("lay-out")
    fragments = FragmentCache(
        ports.store,
        python_version=python_version,
        mounted_at=options.mounted_at(target),
        builder_version=BUILDER_VERSION,
    )
    if options.makes_files:
        fragments.recall(distributions)
        watch.lap("recall")
    slimmed = slim_layer(distributions, options)
    watch.lap("slim")
    archive, bytecode = assemble(distributions, ports.compiler, options, target, python_version)
    watch.lap("bytecode")
    if options.size_budget is not None and archive.unpacked_bytes > options.size_budget:
        raise OverSizeBudget(
            unpacked_bytes=archive.unpacked_bytes, size_budget=options.size_budget, biggest=archive.biggest
        )
    archive_key = f"archives/{request.name}/{archive.content_hash}.zip"
    written = store_archive(archive, archive_key, ports.store, watch)
    fragments.keep(distributions)
    watch.lap("keep")

    result = BuildResult(
        content_hash=archive.content_hash,
        code_sha256=written.code_sha256,
        archive_key=archive_key,
        lock_sha256=request.lock_sha256,
        size_bytes=written.size_bytes,
        unpacked_bytes=archive.unpacked_bytes,
        packages=package_sizes(archive, wheels),
        seconds=watch.seconds(),
        peak_memory_bytes=ports.peak_memory(),
        report=layer_report(archive, request.modules, slimmed, bytecode, provided),
    )
    text = json.dumps(result.to_mapping(), sort_keys=True)
    ports.store.write_text(report_key(archive_key), text)
    ports.store.write_text(result_key, text)
    return result


def _find_lock(digest: str | None, store: ArchiveStore) -> Pylock | None:
    from builder_lambda.lock import parse_lock

    text = store.read_text(_lock_key(digest)) if digest else None
    return None if text is None else parse_lock(text)


def _lock_key(digest: str) -> str:
    return f"locks/{digest}.toml"


def _build_sha256(request: BuildRequest, python_version: str | None) -> str:
    """Return what a build is known by: everything that its archive depends on.

    The interpreter that compiles is part of it, and only where something is to be compiled. A size budget is not.
    """
    asked = request.identity()
    options = {**request.options.to_mapping(), "size_budget": None}
    parts = {**asked, "options": options, "builder_version": BUILDER_VERSION, "python_version": python_version}
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


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


def _within_budget(result: BuildResult, size_budget: int | None) -> BuildResult:
    """Return the result of an earlier build, if it is within a budget that it may not have been built with.

    :raises OverSizeBudget: if it is not.
    """
    if size_budget is None or result.unpacked_bytes <= size_budget:
        return result
    sizes = {f"{name} {package.version}": package.unpacked_bytes for name, package in result.packages.items()}
    sizes |= {name: size.unpacked_bytes for name, size in result.report.modules.items()}
    biggest = tuple(sorted(sizes.items(), key=lambda item: (-item[1], item[0])))[:8]
    raise OverSizeBudget(unpacked_bytes=result.unpacked_bytes, size_budget=size_budget, biggest=biggest)
