"""The interpreter of a runtime is found where it really runs, and its absence says what to do."""

import platform
import stat
import sys
from pathlib import Path

import pytest

from builder_lambda.bytecode.interpreter import Interpreter, find_interpreter
from builder_lambda.errors.builder_function import InterpreterMissing

HERE = f"{sys.version_info.major}.{sys.version_info.minor}"


def put_program(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def nothing_installed(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path / "home"), "PATH": str(tmp_path / "bin")}


def test_the_running_interpreter_is_used_without_a_search() -> None:
    assert find_interpreter(HERE, environment={}) == Interpreter(path=sys.executable, version=platform.python_version())


def test_a_shim_that_does_not_run_is_skipped(tmp_path: Path) -> None:
    put_program(tmp_path / "shims/python3.99", "echo 'pyenv: python3.99: command not found' >&2; exit 127")
    real = put_program(tmp_path / "bin/python3.99", "echo python 3.99.4")
    environment = {"HOME": str(tmp_path), "PATH": f"{tmp_path / 'shims'}:{tmp_path / 'bin'}"}

    assert find_interpreter("3.99", environment=environment) == Interpreter(path=str(real), version="3.99.4")


@pytest.mark.parametrize("answer", ["", "python 3.98.1", "another 3.99.4"])
def test_a_program_with_another_version_than_its_name_is_skipped(tmp_path: Path, answer: str) -> None:
    put_program(tmp_path / "bin/python3.99", f"echo {answer}")

    with pytest.raises(InterpreterMissing):
        find_interpreter("3.99", environment=nothing_installed(tmp_path))


def test_the_newest_patch_release_that_pyenv_has_is_found_off_the_path(tmp_path: Path) -> None:
    for version in ("3.99.9", "3.99.10", "3.98.11"):
        put_program(tmp_path / f"home/.pyenv/versions/{version}/bin/python3.99", f"echo python {version}")

    assert find_interpreter("3.99", environment=nothing_installed(tmp_path)).version == "3.99.10"


def test_an_interpreter_that_uv_has_installed_is_found_off_the_path(tmp_path: Path) -> None:
    folder = tmp_path / "home/.local/share/uv/python/cpython-3.99.2-linux-x86_64-gnu/bin"
    put_program(folder / "python3.99", "echo python 3.99.2")

    assert find_interpreter("3.99", environment=nothing_installed(tmp_path)).version == "3.99.2"


def test_the_cache_tag_has_the_minor_version() -> None:
    assert Interpreter(path="python", version="3.13.0").cache_tag == "cpython-313"


def test_a_missing_interpreter_is_reported_with_the_tried_programs(tmp_path: Path) -> None:
    shim = put_program(tmp_path / "bin/python3.99", "exit 127")

    with pytest.raises(InterpreterMissing) as caught:
        find_interpreter("3.99", environment=nothing_installed(tmp_path))

    assert str(caught.value) == (
        "interpreter-missing: bytecode for Python 3.99 cannot be made: there is no CPython 3.99 here\n"
        f"    does not run, or is not what it is called: {shim}\n"
        "  likely cause: it is not installed on this machine, or only a shim of a version manager is, "
        "which does not run it\n"
        "  what to do: install that Python and put it on PATH, or build with --no-bytecode, "
        "or let the builder function of that runtime build the layer"
    )
