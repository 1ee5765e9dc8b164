"""The Pythons that bytecode is for, as far as this machine has them."""

import pytest

from builder_lambda.bytecode.interpreter import Interpreter, find_interpreter
from builder_lambda.errors.builder_function import InterpreterMissing

VERSIONS = ("3.9", "3.10", "3.11", "3.12", "3.13", "3.14")


def interpreter_or_skip(version: str) -> Interpreter:
    try:
        return find_interpreter(version)
    except InterpreterMissing:
        pytest.skip(f"Python {version} is not on this machine")
