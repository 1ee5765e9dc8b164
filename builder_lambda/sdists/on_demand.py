"""The wheel builder of a machine, put together on first use.

Few builds need it, and the library that calls build backends takes 90 ms to import.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from builder_lambda.archive.mapped_memory import WheelBytes
    from builder_lambda.ports.ports import WheelBuilder
    from builder_lambda.ports.source_build import BuiltWheel, SourceDistribution

CompilerName = Literal["zig", "system"]
"""The compiler: zig, for any target, or that of the machine, for targets like it."""


class WheelBuilderOnDemand:
    """See :class:`~builder_lambda.ports.ports.WheelBuilder`."""

    def __init__(self, folder: Path, environ: Mapping[str, str], compiler: CompilerName = "zig") -> None:
        """Build below ``folder``, which keeps the compiler and its caches.

        :param environ: variables that name the index of the compiler and of build requirements.
        """
        self._folder = folder
        self._environ = environ
        self._compiler = compiler

    def build(self, source: SourceDistribution, content: WheelBytes) -> BuiltWheel:
        """See :class:`~builder_lambda.ports.ports.WheelBuilder`."""
        return self._builder.build(source, content)

    @cached_property
    def _builder(self) -> WheelBuilder:
        from builder_lambda.sdists.machine_builder import machine_builder

        return machine_builder(self._folder, self._environ, with_zig=self._compiler == "zig")
