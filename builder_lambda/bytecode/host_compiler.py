"""Compile with the interpreters of this machine. In the builder function that is the one that runs it."""

from __future__ import annotations

import os
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from builder_lambda.bytecode.interpreter import Interpreter, find_interpreter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder_lambda.ports.ports import CompileBatch


class HostCompiler:
    """See :class:`~builder_lambda.ports.ports.Compiler`. An interpreter is looked for once in a process."""

    def __init__(self, jobs: int | None = None) -> None:
        """Be good for ``jobs`` processes at once; for as many as there are processors if left out."""
        self.jobs = jobs or os.cpu_count() or 1

    def version(self, python_version: str) -> str:
        """See :class:`~builder_lambda.ports.ports.Compiler`."""
        return _interpreter(python_version).version

    @contextmanager
    def opened(self, python_version: str, *, mounted_at: str) -> Iterator[CompileBatch]:
        """See :class:`~builder_lambda.ports.ports.Compiler`."""
        from builder_lambda.bytecode.compiler import BytecodeCompiler

        with BytecodeCompiler(_interpreter(python_version), prefix=mounted_at) as compiler:
            yield compiler.compile


@cache
def _interpreter(python_version: str) -> Interpreter:
    return find_interpreter(python_version)
