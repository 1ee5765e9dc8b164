"""Chooses versions and writes them as a lock file. Versions of an earlier lock are kept where possible."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder_lambda.contract.request import ResolveRequest
from builder_lambda.contract.store_keys import lock_key
from builder_lambda.inspection.package_changes import PackageSet, package_changes
from builder_lambda.locks.given import read_whole_lock
from builder_lambda.locks.local_files import with_paths
from builder_lambda.locks.pylock import parse_lock, render_lock
from builder_lambda.pipeline.measuring import Stopwatch
from builder_lambda.pipeline.resolve import resolve
from builder_lambda.stores.local_wheels import store_wheels
from layer_cli.output.file import write_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from packaging.pylock import Pylock

    from builder_lambda.contract.index_options import IndexOptions
    from builder_lambda.contract.source_policy import AllowSourceBuilds
    from builder_lambda.contract.targets import Target
    from builder_lambda.contract.upgrade import Upgrade
    from builder_lambda.inspection.package_changes import PackageChange
    from builder_lambda.ports.ports import ArchiveStore, Ports
    from builder_lambda.requirements.requirements import Requirements


@dataclass(frozen=True, kw_only=True, slots=True)
class WrittenLock:
    """A lock file that was written, and its changes."""

    output: Path
    target: Target
    lock_sha256: str
    packages: Mapping[str, str]
    """Version by canonical name."""

    changes: tuple[PackageChange, ...]
    is_new: bool
    """Whether there was no earlier lock."""

    seconds: Mapping[str, float]

    def to_mapping(self) -> dict[str, object]:
        """Return everything as JSON values."""
        return {
            "output": str(self.output),
            "runtime": self.target.runtime,
            "architecture": self.target.architecture,
            "lock_sha256": self.lock_sha256,
            "packages": dict(self.packages),
            "changes": [change.to_mapping() for change in self.changes],
            "seconds": dict(self.seconds),
        }


def write_lock(
    output: Path,
    requirements: Requirements,
    target: Target,
    *,
    upgrade: Upgrade,
    exclude_newer: str | None,
    allow_source_builds: AllowSourceBuilds = (),
    indexes: IndexOptions,
    ports: Ports,
) -> WrittenLock:
    """Write a lock of the requirements for the target to ``output``.

    :param upgrade: packages that move to their newest versions even if those of the earlier lock still fit.
    :param allow_source_builds: packages that may be built from source if no wheel fits.
    :param indexes: the package indexes; empty for those configured on this machine.
    :raises InvalidLock: if there is a file at ``output`` that is not a lock.
    :raises LayerError: if the resolver fails, or the output cannot be written.
    """
    watch = Stopwatch(ports.clock)
    earlier = read_whole_lock(output) if output.exists() else None
    store_wheels(requirements.local_wheels, ports.store)
    resolved = resolve(
        ResolveRequest(
            requirements=requirements.requirement_lines,
            constraints=requirements.constraint_lines,
            target=target,
            previous_lock_sha256=None if earlier is None else _stored(earlier, ports.store),
            upgrade=upgrade,
            exclude_newer=exclude_newer,
            allow_source_builds=allow_source_builds,
            index=indexes,
        ),
        ports,
    )
    watch.lap("resolve")
    text = ports.store.read_text(lock_key(resolved.lock_sha256))
    if text is None:
        raise RuntimeError(f"the cache has lost the lock {resolved.lock_sha256} that was just stored")
    if requirements.local_wheels:
        text = render_lock(with_paths(parse_lock(text), requirements.local_wheels, output.parent))
    if not output.is_file() or output.read_text(encoding="utf-8") != text:
        write_file(output, lambda part: part.write_bytes(text.encode()))
    watch.lap("output")
    nothing = PackageSet(kind="lock", packages={})
    return WrittenLock(
        output=output,
        target=target,
        lock_sha256=resolved.lock_sha256,
        packages=resolved.packages,
        changes=package_changes(
            nothing if earlier is None else PackageSet.of_lock(earlier), PackageSet.of_lock(parse_lock(text))
        ),
        is_new=earlier is None,
        seconds=watch.seconds(),
    )


def _stored(lock: Pylock, store: ArchiveStore) -> str:
    """Store the earlier lock for the resolution, and return its sha256."""
    text = render_lock(lock)
    digest = hashlib.sha256(text.encode()).hexdigest()
    store.write_text(lock_key(digest), text)
    return digest
