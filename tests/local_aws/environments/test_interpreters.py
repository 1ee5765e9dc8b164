"""Finding the Pythons of a machine."""

import sys
from pathlib import Path

import pytest

from local_aws.environments.interpreters import find_interpreters
from local_aws.errors import NoInterpreter

THIS = f"python{sys.version_info.major}.{sys.version_info.minor}"


def environ(path: Path, home: Path) -> dict[str, str]:
    return {"PATH": str(path), "HOME": str(home)}


def script(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_an_interpreter_on_path_is_found_with_its_installation(tmp_path: Path) -> None:
    script(tmp_path / "bin" / THIS, f'exec "{sys.executable}" "$@"')

    (found,) = find_interpreters(environ(tmp_path / "bin", tmp_path))

    assert found.runtime == THIS
    assert found.executable == tmp_path / "bin" / THIS
    assert found.prefix == Path(sys.base_prefix)


def test_a_shim_that_fails_is_passed_over_for_what_pyenv_keeps(tmp_path: Path) -> None:
    script(tmp_path / "bin" / THIS, "echo 'pyenv: command not found' >&2; exit 127")
    kept = tmp_path / ".pyenv" / "versions" / f"{THIS.removeprefix('python')}.9" / "bin" / THIS
    script(kept, f'exec "{sys.executable}" "$@"')

    (found,) = find_interpreters(environ(tmp_path / "bin", tmp_path))

    assert found.executable == kept


def test_a_program_that_is_another_python_than_its_name_says_is_passed_over(tmp_path: Path) -> None:
    other = "python3.14" if THIS != "python3.14" else "python3.13"
    script(tmp_path / "bin" / other, f'exec "{sys.executable}" "$@"')

    with pytest.raises(NoInterpreter) as error:
        find_interpreters(environ(tmp_path / "bin", tmp_path))

    assert str(error.value) == (
        "found no working Python of a Lambda runtime. "
        "Put one of python3.11, python3.12, python3.13 or python3.14 on PATH."
    )
