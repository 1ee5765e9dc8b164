"""The wheel builder of a machine, put together when something is first to be built from source."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from builder_lambda.archive.mapped_memory import WheelBytes
    from builder_lambda.ports.ports import WheelBuilder, WheelIndex
    from builder_lambda.ports.source_build import BuiltWheel, SourceDistribution

CompilerName = Literal["zig", "system"]
"""What compiles: zig, for any target, or the machine's own compiler, where the machine is like the target."""


class WheelBuilderOnDemand:
    """See :class:`~builder_lambda.ports.ports.WheelBuilder`. Imports nothing of what builds before it is asked."""

    def __init__(self, folder: Path, environ: Mapping[str, str], compiler: CompilerName = "zig") -> None:
        """Build below ``folder``, which keeps the compiler and its caches.

        :param environ: variables that name the index which the compiler and build requirements come from.
        """
        self._folder = folder
        self._environ = environ
        self._compiler = compiler

    def build(self, source: SourceDistribution, content: WheelBytes) -> BuiltWheel:
        """See :class:`~builder_lambda.ports.ports.WheelBuilder`."""
        return self._builder.build(source, content)

    @cached_property
    def _builder(self) -> WheelBuilder:
        from builder_lambda.indexes.settings import IndexSettings
        from builder_lambda.sdists.subprocess_builder import SubprocessWheelBuilder
        from builder_lambda.sdists.toolchains import SystemToolchain, Toolchain, ZigToolchain
        from builder_lambda.sdists.zig import Zig

        settings = IndexSettings.of(self._environ)
        toolchain: Toolchain = SystemToolchain()
        if self._compiler == "zig":
            toolchain = ZigToolchain(Zig(self._folder / "zig", self._index))
        return SubprocessWheelBuilder(self._folder / "source-builds", toolchain, settings)

    def _index(self) -> WheelIndex:
        from builder_lambda.indexes.addressed_wheels import AddressingWheelIndex
        from builder_lambda.indexes.http_wheels import HttpWheelIndex
        from builder_lambda.indexes.settings import IndexSettings
        from builder_lambda.indexes.simple import SimpleIndex

        settings = IndexSettings.of(self._environ)
        return AddressingWheelIndex(HttpWheelIndex(settings=settings), SimpleIndex(settings=settings))
