"""The Pythons that bytecode is for, as far as this machine has them."""

import pytest

from builder_lambda.build_errors import InterpreterMissing
from builder_lambda.interpreter import Interpreter, find_interpreter

VERSIONS = ("3.9", "3.10", "3.11", "3.12", "3.13", "3.14")


def interpreter_or_skip(version: str) -> Interpreter:
    try:
        return find_interpreter(version)
    except InterpreterMissing:
        pytest.skip(f"Python {version} is not on this machine")
