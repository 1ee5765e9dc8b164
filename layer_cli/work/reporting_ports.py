"""The ports of this machine for the command line: each tells what it does, and is loaded when it is first asked.

The ports are where the time of a build goes; the build itself knows nothing of being watched. What is known already
needs the store and nothing else, so that nothing else is loaded for it.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from builder_lambda.bytecode.host_compiler import HostCompiler
from builder_lambda.pipeline.measuring import peak_memory_bytes
from builder_lambda.ports.ports import Ports
from builder_lambda.ports.version_policy import KEEP_VERSIONS
from builder_lambda.stores.disk import LocalArchives

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from packaging.pylock import Pylock

    from builder_lambda.archive.mapped_memory import WheelBytes
    from builder_lambda.contract.index_listing import IndexedFile, IndexListing
    from builder_lambda.contract.index_options import IndexOptions
    from builder_lambda.contract.locked_wheel import LockedWheel
    from builder_lambda.contract.targets import Target
    from builder_lambda.ports.compiled import Bytecode, Source
    from builder_lambda.ports.ports import CompileBatch, Compiler
    from builder_lambda.ports.source_build import BuiltWheel, SourceDistribution
    from builder_lambda.ports.version_policy import VersionPolicy
    from builder_lambda.requirements.requirements import Requirements
    from layer_cli.output.progress import Progress


class ToldPorts:
    """Makes the ports."""

    def __init__(
        self, folder: Path, progress: Progress, indexes: IndexOptions | None = None, *, is_building: bool = False
    ) -> None:
        """Keep everything below ``folder``, and tell ``progress`` what is done.

        :param indexes: where packages come from; ``None`` for the indexes that this machine is set up for.
        :param is_building: whether what is resolved will be built right away.
        """
        self._is_building = is_building
        self._folder = folder
        self._indexes = indexes
        self.progress = progress
        self.store = LocalArchives(folder)
        self._index = _ToldIndex(self)

    @cached_property
    def ports(self) -> Ports:
        """What a build takes."""
        return Ports(
            resolver=_ToldResolver(self),
            index=self._index,
            store=self.store,
            listing=_LaterListing(self),
            wheel_builder=_ToldWheelBuilder(self),
            compiler=_ToldCompiler(HostCompiler(), self.progress),
            clock=time.perf_counter,
            peak_memory=peak_memory_bytes,
        )

    @cached_property
    def loaded(self) -> Ports:
        """The ports that do the work."""
        from builder_lambda.hosts.local_ports import local_ports

        ports = local_ports(self._folder, is_building=self._is_building)
        return ports.at(self._indexes) if self._indexes else ports

    def listing(self) -> IndexListing:
        """Return what lists the files of the indexes."""
        listing = self.loaded.listing
        if listing is None:
            raise ValueError("the ports of this machine have no listing")
        return listing

    def keep_within_bound(self) -> None:
        """Make room in the folder if more is kept than is allowed; to be called after a build that made something."""
        import os

        from builder_lambda.stores.cache_bound import bound_of, keep_within

        keep_within(self._folder, bound_of(os.environ))

    @property
    def has_fetched(self) -> bool:
        """Whether wheels were asked for, so that something was built."""
        return self._index.was_asked


class _ToldResolver:
    def __init__(self, told: ToldPorts) -> None:
        self._told = told

    def resolve(
        self,
        requirements: Requirements,
        target: Target,
        *,
        previous: Pylock | None = None,
        policy: VersionPolicy = KEEP_VERSIONS,
    ) -> Pylock:
        resolver = self._told.loaded.resolver
        with self._told.progress.step("choosing versions"):
            return resolver.resolve(requirements, target, previous=previous, policy=policy)


class _ToldIndex:
    def __init__(self, told: ToldPorts) -> None:
        self._told = told
        self.was_asked = False

    def fetch(self, wheels: Sequence[LockedWheel]) -> Iterator[WheelBytes]:
        self.was_asked = True
        kind = "wheel" if all(wheel.filename.endswith(".whl") for wheel in wheels) else "source distribution"
        return self._told_of(len(wheels), kind, self._told.loaded.index.fetch(wheels))

    def _told_of(self, count: int, kind: str, arriving: Iterator[WheelBytes]) -> Iterator[WheelBytes]:
        with self._told.progress.arrival(f"downloading {kind}s", count) as arrived:
            for content in arriving:
                arrived(len(content))
                yield content


class _LaterListing:
    def __init__(self, told: ToldPorts) -> None:
        self._told = told

    def files(self, name: str) -> Sequence[IndexedFile]:
        return self._told.listing().files(name)


class _ToldWheelBuilder:
    def __init__(self, told: ToldPorts) -> None:
        self._told = told

    def build(self, source: SourceDistribution, content: WheelBytes) -> BuiltWheel:
        builder = self._told.loaded.wheel_builder
        if builder is None:
            raise ValueError("the ports of this machine have no wheel builder")
        with self._told.progress.step(f"building {source.name} {source.version} from source"):
            return builder.build(source, content)


class _ToldCompiler:
    def __init__(self, compiler: Compiler, progress: Progress) -> None:
        self._compiler = compiler
        self._progress = progress
        self.jobs = compiler.jobs

    def version(self, python_version: str) -> str:
        return self._compiler.version(python_version)

    @contextmanager
    def opened(self, python_version: str, *, mounted_at: str) -> Iterator[CompileBatch]:
        with self._compiler.opened(python_version, mounted_at=mounted_at) as compile_batch:

            def told(sources: Sequence[Source]) -> Bytecode:
                with self._progress.counting(f"compiling for Python {python_version}", len(sources)):
                    return compile_batch(sources)

            yield told
