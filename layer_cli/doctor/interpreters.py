"""Checks the interpreters that compile bytecode for runtimes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder_lambda.bytecode.interpreter import find_interpreter
from builder_lambda.errors.builder_function import InterpreterMissing
from layer_cli.doctor.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Callable

    from builder_lambda.bytecode.interpreter import Interpreter


def find_compiler(
    runtime: str, *, is_needed: bool, find: Callable[[str], Interpreter] = find_interpreter
) -> tuple[Finding, ...]:
    """Return the finding on the interpreter that compiles for a runtime on this machine.

    :param is_needed: whether layers are built here. The builder function in Lambda has its own interpreter.
    """
    check = f"bytecode for {runtime}"
    try:
        interpreter = find(runtime.removeprefix("python"))
    except InterpreterMissing as error:
        return (Finding.of_error(check, error, is_needed=is_needed),)
    return (Finding(check=check, status="ok", found=f"{interpreter.version}, {interpreter.path}"),)
