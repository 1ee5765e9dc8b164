"""Compiles with the interpreters of this machine. The builder function has its own interpreter only.

A known build needs only the version of the interpreter, so the compiler is imported on first use.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from builder_lambda.bytecode.compiler import BytecodeCompiler
from builder_lambda.bytecode.interpreter import Interpreter, find_interpreter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder_lambda.ports.ports import CompileBatch


class HostCompiler:
    """See :class:`~builder_lambda.ports.ports.Compiler`. Each interpreter is searched for once in a process."""

    def __init__(self, jobs: int | None = None) -> None:
        """Run ``jobs`` processes at once. The default is the number of processors."""
        self.jobs = jobs or os.cpu_count() or 1

    def version(self, python_version: str) -> str:
        """See :class:`~builder_lambda.ports.ports.Compiler`."""
        return _interpreter(python_version).version

    @contextmanager
    def opened(self, python_version: str, *, mounted_at: str) -> Iterator[CompileBatch]:
        """See :class:`~builder_lambda.ports.ports.Compiler`."""
        with BytecodeCompiler(_interpreter(python_version), prefix=mounted_at) as compiler:
            yield compiler.compile


@cache
def _interpreter(python_version: str) -> Interpreter:
    return find_interpreter(python_version)
