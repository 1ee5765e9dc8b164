"""The two halves of making a layer: choose versions (:func:`resolve`), then build their archive (:func:`build`).

Both are read from top to bottom; everything from outside comes in as :class:`Ports`.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from typing import TYPE_CHECKING, BinaryIO, cast

from builder_lambda.archive import Archive, WrittenArchive
from builder_lambda.errors import Fault, InvalidRequirements, LockMissing
from builder_lambda.lock import lock_of, lock_sha256, parse_lock, render_lock
from builder_lambda.request import BuildResult, PackageSize, ResolveResult
from builder_lambda.requirements import parse_requirements
from builder_lambda.stopwatch import Stopwatch
from builder_lambda.wheel_file import WheelFile
from builder_lambda.wheel_layout import installed_entries
from builder_lambda.wheels import check_hashes, select_wheels

if TYPE_CHECKING:
    from packaging.pylock import Pylock

    from builder_lambda.ports import ArchiveStore, Ports, WheelBytes
    from builder_lambda.request import BuildRequest, ResolveRequest
    from builder_lambda.targets import Target
    from builder_lambda.wheels import LockedWheel

BUILDER_VERSION = 1
"""Raised when the same lock builds other bytes; every layer is built anew then."""

_SPOOLED_BYTES = 8 * 1024 * 1024
"""A larger archive is written to a temporary file, so that memory holds the wheels but not the archive too."""


def resolve(request: ResolveRequest, ports: Ports) -> ResolveResult:
    """Choose versions for the requirements and store them as a lock.

    :raises LayerError: of :meth:`Resolver.resolve`, and ``InvalidRequirements``, ``WheelHashMismatch``.
    """
    requirements = parse_requirements(request.requirements, constraints=request.constraints)
    previous = _find_lock(request.previous_lock_sha256, ports.store)
    resolved = ports.resolver.resolve(requirements, request.target, previous=previous)

    wheels = select_wheels(resolved, request.target)
    if not wheels:
        reason = f"no package is required for {request.target.slug}"
        raise InvalidRequirements(faults=(Fault(source="requirements", line=None, text="", reason=reason),))
    check_hashes(wheels, requirements.hashes(request.target.environment))

    digest = lock_sha256(wheels)
    ports.store.write_text(_lock_key(digest), render_lock(lock_of(wheels)))
    return ResolveResult(lock_sha256=digest, packages={wheel.name: wheel.version for wheel in wheels})


def build(request: BuildRequest, ports: Ports) -> BuildResult:
    """Build the layer archive of a stored lock, or answer from the store if that was done before.

    :raises LockMissing: if the lock is not in the store (any more).
    :raises LayerError: of the wheels and the index, ``ConflictingFiles``, ``LayerTooLarge``.
    """
    result_key = f"results/{_build_sha256(request)}.json"
    earlier = _earlier_result(result_key, ports.store)
    if earlier is not None:
        return earlier

    watch = Stopwatch(ports.clock)
    lock = _find_lock(request.lock_sha256, ports.store)
    if lock is None:
        raise LockMissing(lock_sha256=request.lock_sha256)
    wheels = select_wheels(lock, request.target)
    watch.lap("lock")
    contents = ports.index.fetch(wheels)
    watch.lap("fetch")
    archive = lay_out(wheels, contents, request.target)
    archive_key = f"archives/{request.name}/{archive.content_hash}.zip"
    watch.lap("lay-out")
    written = _store_archive(archive, archive_key, ports.store, watch)

    result = BuildResult(
        content_hash=archive.content_hash,
        code_sha256=written.code_sha256,
        archive_key=archive_key,
        lock_sha256=request.lock_sha256,
        size_bytes=written.size_bytes,
        unpacked_bytes=archive.unpacked_bytes,
        packages=_package_sizes(archive, wheels),
        seconds=watch.seconds(),
        peak_memory_bytes=ports.peak_memory(),
    )
    ports.store.write_text(result_key, json.dumps(result.to_mapping(), sort_keys=True))
    return result


def lay_out(wheels: tuple[LockedWheel, ...], contents: tuple[WheelBytes, ...], target: Target) -> Archive:
    """Return the layer archive of these wheels.

    :raises InvalidWheel: if one of them is damaged or unsafe.
    :raises ConflictingFiles: if two of them bring different files of one path.
    :raises LayerTooLarge: if they unpack to more than Lambda allows.
    """
    files = (WheelFile(wheel.filename, content) for wheel, content in zip(wheels, contents, strict=True))
    return Archive.merge(installed_entries(file, interpreter=target.interpreter) for file in files)


def _find_lock(digest: str | None, store: ArchiveStore) -> Pylock | None:
    text = store.read_text(_lock_key(digest)) if digest else None
    return None if text is None else parse_lock(text)


def _lock_key(digest: str) -> str:
    return f"locks/{digest}.toml"


def _build_sha256(request: BuildRequest) -> str:
    """Return what a build is known by: everything that its archive depends on."""
    asked = {**request.to_mapping(), "builder_version": BUILDER_VERSION}
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def _earlier_result(key: str, store: ArchiveStore) -> BuildResult | None:
    """Return the stored result, if its archive is still there and is the one it tells of."""
    text = store.read_text(key)
    if text is None:
        return None
    result = BuildResult.from_mapping(json.loads(text))
    stored = store.find_archive(result.archive_key)
    return result if stored is not None and stored.code_sha256 == result.code_sha256 else None


def _store_archive(archive: Archive, key: str, store: ArchiveStore, watch: Stopwatch) -> WrittenArchive:
    """Write the archive to the store, unless one with the same content is there: those bytes may be published."""
    found = store.find_archive(key)
    if found is not None:
        watch.lap("store")
        return found
    with tempfile.SpooledTemporaryFile(max_size=_SPOOLED_BYTES) as spool:
        stream = cast("BinaryIO", spool)
        written = archive.write(stream)
        watch.lap("write")
        store.write_archive(key, stream, written)
        watch.lap("store")
    return written


def _package_sizes(archive: Archive, wheels: tuple[LockedWheel, ...]) -> dict[str, PackageSize]:
    packed: dict[str, int] = {}
    unpacked: dict[str, int] = {}
    for entry in archive.entries:
        packed[entry.owner] = packed.get(entry.owner, 0) + len(entry.packed)
        unpacked[entry.owner] = unpacked.get(entry.owner, 0) + entry.size
    return {
        wheel.name: PackageSize(version=wheel.version, size_bytes=packed[owner], unpacked_bytes=unpacked[owner])
        for wheel in wheels
        for owner in (f"{wheel.name} {wheel.version}",)
    }
