"""ContainerBuilder: builds in a container of the runtime's build image, without network or credentials.

========================================  ===================================
in this process                           in the container
========================================  ===================================
choose versions, download wheels          build the archive
read and write the archive bucket         read and write a mounted folder
========================================  ===================================

The builder's code and the wheels are mounted read-only.
"""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from builder_lambda.archive.written import WrittenArchive
from builder_lambda.contract.index_options import IndexOptions
from builder_lambda.contract.request import BuildRequest, BuildResult, ResolveRequest, ResolveResult
from builder_lambda.contract.store_keys import lock_key, module_key
from builder_lambda.contract.targets import Target
from builder_lambda.errors.wire import error_from_mapping
from builder_lambda.hosts.container_engine import Mount
from builder_lambda.hosts.container_entry import STORE, WHEELS
from builder_lambda.hosts.entries import CONTAINER_MODULE
from builder_lambda.indexes.cached_wheels import WheelCache
from builder_lambda.indexes.wheel_folder import WheelFolder
from builder_lambda.pipeline.resolve import resolve
from builder_lambda.pipeline.results import keep_result, known_build
from builder_lambda.pipeline.stored_archive import find_reported
from builder_lambda.pipeline.stored_locks import locked_wheels
from builder_lambda.ports.ports import Ports
from builder_lambda.stores.disk import LocalArchives

from .build_container import BuildContainer


class ContainerBuilder:
    """Builds in a container. See :class:`components.hosts.builders.Builder`.

    It runs on the architecture of this machine, whatever the target's: bytecode is the same on each.

    :param ports: ports of this process: archive store, indexes, and source builds.
    :param folder: folder of this machine for wheels and the files of containers. All builds share it.
    :param built_on: returns the runtime whose interpreter builds for a runtime.
    """

    def __init__(
        self, container: BuildContainer, *, ports: Ports, folder: Path, built_on: Callable[[str], str]
    ) -> None:
        self._container = container
        self._ports = ports
        self._built_on = built_on
        self._wheels = folder / "wheels"
        self._store_folder = folder / "container" / "store"
        self._store = LocalArchives(self._store_folder)

    def resolve(self, request: ResolveRequest) -> ResolveResult:
        """See :meth:`Builder.resolve`. It runs in this process: versions depend on the target only."""
        return resolve(request, self._ports)

    def build(self, request: BuildRequest) -> BuildResult:
        """See :meth:`components.hosts.builders.Builder.build`.

        :raises LayerError: also of ``builder_lambda.errors.hosts``, if the container fails.
        """
        runs_on = Target.parse(self._built_on(request.target.runtime), self._container.architecture)
        version = self._python_version(runs_on) if request.options.bytecode else None
        known = known_build(request, version, self._ports.store)
        if known is not None:
            return known
        self._bring(request)
        bare = replace(request, index=IndexOptions())  # the container needs no index
        result = BuildResult.from_mapping(self._ask(runs_on, {"build": bare.to_mapping()}))
        return self._hand_over(request, result, version)

    def _python_version(self, runs_on: Target) -> str:
        """Return the version of the image's interpreter. An image is asked once."""
        key = f"interpreters/{self._container.image_id(runs_on).replace(':', '-')}"
        found = self._store.read_text(key)
        if found is None:
            found = str(self._ask(runs_on, {"version": runs_on.python_version}))
            self._store.write_text(key, found)
        return found

    def _bring(self, request: BuildRequest) -> None:
        """Copy the input of the build into the mounted folders."""
        wheels = locked_wheels(request, self._ports.store)
        keys = [module.key for module in request.modules] + [wheel.path for wheel in wheels if wheel.path]
        if request.function_code_sha256:
            keys.append(module_key(request.function_code_sha256))
        if request.lock_sha256:
            keys.append(lock_key(request.lock_sha256))
        for key in keys:
            content = self._ports.store.read_bytes(key)
            if content is not None:  # the build reports missing input
                self._store.write_bytes(key, content)
        index = self._ports.open_indexes(request.index).wheels
        WheelCache(index, WheelFolder(self._wheels)).keep([wheel for wheel in wheels if not wheel.path])

    def _hand_over(self, request: BuildRequest, result: BuildResult, version: str | None) -> BuildResult:
        """Copy the archive to the archive bucket, and store the result."""
        store, key = self._ports.store, result.archive_key
        first = find_reported(key, store)
        if first is None:
            written = WrittenArchive(code_sha256=result.code_sha256, size_bytes=result.size_bytes)

            def copy(stream: BinaryIO) -> WrittenArchive:
                with self._store.path(key).open("rb") as archive:
                    shutil.copyfileobj(archive, stream)
                return written

            store.write_archive(key, copy)
        else:
            # Layers may be published from the first archive of this content, so its bytes stay.
            result = replace(result, code_sha256=first.code_sha256, size_bytes=first.size_bytes)
        keep_result(request, result, version, store)
        return result

    def _ask(self, runs_on: Target, event: Mapping[str, object]) -> Any:
        for folder in (self._store_folder, self._wheels):
            folder.mkdir(parents=True, exist_ok=True)
        mounts = [Mount(folder=self._wheels, at=WHEELS), Mount(folder=self._store_folder, at=STORE, writable=True)]
        reply = self._container.ask(CONTAINER_MODULE, event, target=runs_on, mounts=mounts)
        if "error" in reply:
            raise error_from_mapping(reply["error"])
        return reply["result"]
