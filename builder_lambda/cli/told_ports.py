"""The ports of this machine for the command line: each tells what it does, and is loaded when it is first asked.

The ports are where the time of a build goes; the build itself knows nothing of being watched. What is known already
needs the store and nothing else, so that nothing else is loaded for it.
"""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING

from builder_lambda.host_compiler import HostCompiler
from builder_lambda.local_archives import LocalArchives
from builder_lambda.ports import Ports
from builder_lambda.process_memory import peak_memory_bytes
from builder_lambda.version_policy import KEEP_VERSIONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from packaging.pylock import Pylock

    from builder_lambda.bytecode import Bytecode, Source
    from builder_lambda.cli.progress import Progress
    from builder_lambda.ports import Compiler, WheelBytes
    from builder_lambda.requirements import Requirements
    from builder_lambda.targets import Target
    from builder_lambda.version_policy import VersionPolicy
    from builder_lambda.wheels import LockedWheel


class ToldPorts:
    """Makes the ports."""

    def __init__(self, folder: Path, progress: Progress) -> None:
        """Keep everything below ``folder``, and tell ``progress`` what is done."""
        self._folder = folder
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
            compiler=_ToldCompiler(HostCompiler(), self.progress),
            clock=time.perf_counter,
            peak_memory=peak_memory_bytes,
        )

    @cached_property
    def loaded(self) -> Ports:
        """The ports that do the work."""
        from builder_lambda.local_ports import local_ports

        return local_ports(self._folder)

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

    def fetch(self, wheels: Sequence[LockedWheel]) -> tuple[WheelBytes, ...]:
        self.was_asked = True
        count = len(wheels)
        with self._told.progress.step(f"downloading {count} wheel{'s' if count != 1 else ''}"):
            return self._told.loaded.index.fetch(wheels)


class _ToldCompiler:
    def __init__(self, compiler: Compiler, progress: Progress) -> None:
        self._compiler = compiler
        self._progress = progress

    def version(self, python_version: str) -> str:
        return self._compiler.version(python_version)

    def compile(
        self, distributions: Mapping[str, Sequence[Source]], *, python_version: str, mounted_at: str
    ) -> Mapping[str, Bytecode]:
        count = sum(len(sources) for sources in distributions.values())
        with self._progress.step(f"compiling {count:,} files for Python {python_version}"):
            return self._compiler.compile(distributions, python_version=python_version, mounted_at=mounted_at)
