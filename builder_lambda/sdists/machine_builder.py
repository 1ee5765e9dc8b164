"""Composes the wheel builder of a machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder_lambda.indexes.addressed_wheels import AddressingWheelIndex
from builder_lambda.indexes.http_wheels import HttpWheelIndex
from builder_lambda.indexes.settings import IndexSettings
from builder_lambda.indexes.simple import SimpleIndex
from builder_lambda.sdists.subprocess_builder import SubprocessWheelBuilder
from builder_lambda.sdists.toolchains import SystemToolchain, ZigToolchain
from builder_lambda.sdists.zig import Zig
from builder_lambda.stores.cache_folders import SOURCE_BUILDS, ZIG

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from builder_lambda.sdists.toolchains import Toolchain


def machine_builder(folder: Path, environ: Mapping[str, str], *, with_zig: bool) -> SubprocessWheelBuilder:
    """Return a builder that works below ``folder``.

    :param environ: variables that name the index of the compiler and of build requirements.
    :param with_zig: compile with zig, and not with the compiler of the machine.
    """
    settings = IndexSettings.of(environ)
    toolchain: Toolchain = SystemToolchain()
    if with_zig:
        index = AddressingWheelIndex(HttpWheelIndex(settings=settings), SimpleIndex(settings=settings))
        toolchain = ZigToolchain(Zig(folder / ZIG, index))
    return SubprocessWheelBuilder(folder / SOURCE_BUILDS, toolchain, settings)
