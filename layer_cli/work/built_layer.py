"""Builds a layer on this machine: takes or resolves a lock, builds the archive or finds it in the cache, writes it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder_lambda.contract.request import BuildRequest, ResolveRequest
from builder_lambda.contract.store_keys import output_key
from builder_lambda.pipeline.build import find_build, new_build
from builder_lambda.pipeline.measuring import Stopwatch
from builder_lambda.stores.local_wheels import store_wheels
from layer_cli.inputs.locks import store_given_lock
from layer_cli.output.file import write_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from builder_lambda.contract.index_listing import IndexListing
    from builder_lambda.contract.index_options import IndexOptions
    from builder_lambda.contract.options import BuildOptions
    from builder_lambda.contract.request import BuildResult, ModuleSource
    from builder_lambda.contract.source_policy import AllowSourceBuilds
    from builder_lambda.contract.targets import Target
    from builder_lambda.contract.upgrade import Upgrade
    from builder_lambda.ports.ports import Ports
    from builder_lambda.requirements.requirements import Requirements
    from builder_lambda.stores.disk import LocalArchives


@dataclass(frozen=True, kw_only=True, slots=True)
class BuiltLayer:
    """A layer archive that was written, with the time of each stage."""

    output: Path
    target: Target
    result: BuildResult
    is_known: bool
    """Whether it was in the cache."""

    seconds: Mapping[str, float]
    """Time of each stage of this command, and ``total``."""

    def to_mapping(self) -> dict[str, object]:
        """Return everything as JSON values."""
        result = self.result.to_mapping()
        report = self.result.report.to_mapping()
        return {
            "output": str(self.output),
            "runtime": self.target.runtime,
            "architecture": self.target.architecture,
            "content_hash": self.result.content_hash,
            "code_sha256": self.result.code_sha256,
            "lock_sha256": self.result.lock_sha256,
            "size_bytes": self.result.size_bytes,
            "unpacked_bytes": self.result.unpacked_bytes,
            "packages": result["packages"],
            "bytecode": report.pop("bytecode"),
            **report,
            "is_known": self.is_known,
            "seconds": dict(self.seconds),
            "peak_memory_bytes": self.result.peak_memory_bytes,
        }


class Building:
    """The steps of one build, in this order: a lock (taken or resolved), then the archive."""

    def __init__(self, *, target: Target, store: LocalArchives, ports: Ports, indexes: IndexOptions) -> None:
        """Begin a build for ``target``.

        :param store: the store of ``ports``: a folder, so that archives have paths.
        :param indexes: the package indexes; empty for those configured on this machine.
        """
        self._target = target
        self._store = store
        self._ports = ports
        self._indexes = indexes
        self._watch = Stopwatch(ports.clock)
        self._lock_sha256 = ""

    def take_lock(self, path: Path, *, groups: Sequence[str], extras: Sequence[str]) -> None:
        """Build what the lock at ``path`` pins.

        :raises LayerError: if it cannot be used for the target.
        """
        self._lock_sha256 = store_given_lock(
            path, self._target, self._store, groups=groups, extras=extras, listing=self._listing
        )
        self._watch.lap("read-lock")

    def resolve(
        self,
        requirements: Requirements,
        *,
        upgrade: Upgrade = (),
        exclude_newer: str | None = None,
        allow_source_builds: AllowSourceBuilds = (),
    ) -> None:
        """Build what meets these requirements.

        :param upgrade: packages for which the index is asked again.
        :param allow_source_builds: packages that may be built from source if no wheel fits.
        :raises LayerError: if the resolver fails.
        """
        from builder_lambda.pipeline.resolve import resolve  # a lock needs no resolver

        store_wheels(requirements.local_wheels, self._store)
        request = ResolveRequest(
            requirements=requirements.requirement_lines,
            constraints=requirements.constraint_lines,
            target=self._target,
            upgrade=upgrade,
            exclude_newer=exclude_newer,
            allow_source_builds=allow_source_builds,
            index=self._indexes,
        )
        self._lock_sha256 = resolve(request, self._ports).lock_sha256
        self._watch.lap("resolve")

    def build(self, output: Path, options: BuildOptions, modules: Sequence[Path]) -> BuiltLayer:
        """Write the archive to ``output``.

        :raises LayerError: if the build fails, or the output cannot be written.
        """
        request = BuildRequest(
            name=f"layer-{self._target.slug}",  # not part of the bytes, so that one build serves every output
            target=self._target,
            lock_sha256=self._lock_sha256,
            options=options,
            modules=self._stored(modules),
            index=self._indexes,
        )
        known = find_build(request, self._ports)
        if known and not self._is_written(output, known) and not self._is_intact(known):
            known = None
        result = known or new_build(request, self._ports)
        self._watch.lap("build")
        if not self._is_written(output, result):
            self._write(output, result)
        self._watch.lap("output")
        seconds = self._watch.seconds()
        if known is None:
            # the stages of the build instead of its total time
            total, _ = seconds.pop("total"), seconds.pop("build")
            seconds |= {**result.seconds, "total": total}
        return BuiltLayer(
            output=output, target=self._target, result=result, is_known=known is not None, seconds=seconds
        )

    def _listing(self) -> IndexListing:
        listing = self._ports.open_indexes(self._indexes).listing
        if listing is None:
            raise ValueError("the ports of this machine have no listing")
        return listing

    def _is_written(self, output: Path, result: BuildResult) -> bool:
        """Return whether the file is unchanged since it was written for the same archive."""
        return self._store.read_text(_note(output)) == _state(output, result)

    def _is_intact(self, known: BuildResult) -> bool:
        """Return whether the cache still has the bytes of a known build. Their file may have kept its time and size."""
        return self._store.has_intact(known.archive_key, known.code_sha256)

    def _write(self, output: Path, result: BuildResult) -> None:
        archive = self._store.path(result.archive_key)
        write_file(output, lambda part: shutil.copyfile(archive, part))
        self._store.write_text(_note(output), _state(output, result))

    def _stored(self, modules: Sequence[Path]) -> tuple[ModuleSource, ...]:
        """Put modules into the cache, where a build looks for them."""
        if not modules:
            return ()
        from builder_lambda.code.modules import pack_modules

        packed = pack_modules(modules)
        for module in packed:
            if not self._store.path(module.source.key).is_file():
                self._store.write_bytes(module.source.key, module.code.zipped())
        return tuple(module.source for module in packed)


def _note(output: Path) -> str:
    """Return the key of the note about an output file."""
    return output_key(hashlib.sha256(os.fsencode(output.absolute())).hexdigest())


def _state(output: Path, result: BuildResult) -> str:
    """Return the state of an output file. It changes when the file is written to."""
    try:
        status = output.stat()
    except OSError:
        return ""
    return json.dumps([status.st_size, status.st_mtime_ns, status.st_ino, result.code_sha256])
