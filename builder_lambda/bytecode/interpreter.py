"""Finds the interpreter that compiles for a runtime: a released CPython of the same ``major.minor``.

Another minor version cannot load its bytecode, and another patch release changes about one file in a hundred. So the
version is an input of a build, and part of its key.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from builder_lambda.contract.program_environment import environment_for
from builder_lambda.errors.builder_function import InterpreterMissing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_VERSION_PROGRAM = """\
import sys
plain = sys.implementation.name == "cpython" and sys.version_info.releaselevel == "final"
if plain and not getattr(sys, "abiflags", ""):
    print("python %d.%d.%d %s" % (*sys.version_info[:3], sys.executable))
"""
"""Prints nothing for interpreters that compile differently: other implementations, previews, debug and free-threaded
builds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Interpreter:
    """A CPython that runs on this machine."""

    path: str
    """Absolute path of the program."""

    version: str
    """With the patch release, such as ``3.13.0``."""

    @property
    def cache_tag(self) -> str:
        """The tag in the names of its bytecode files, such as ``cpython-313`` (PEP 3147)."""
        major, minor, _patch = self.version.split(".")
        return f"cpython-{major}{minor}"


def find_interpreter(python_version: str, *, environment: Mapping[str, str] = os.environ) -> Interpreter:
    """Return the interpreter of ``major.minor``.

    That is the running interpreter if it has this version, else the first of :func:`candidates` that runs and has it.

    :raises InterpreterMissing: naming the programs that were tried.
    """
    if _running_version(python_version):
        return Interpreter(path=sys.executable, version=platform.python_version())
    tried: list[str] = []
    for path in candidates(python_version, environment):
        if path in tried:
            continue
        found = _what_runs(path)
        if found is not None and found.version.rpartition(".")[0] == python_version:
            return found
        tried.append(path)
    raise InterpreterMissing(python_version=python_version, tried=tuple(tried))


def _running_version(python_version: str) -> bool:
    return (
        bool(sys.executable)
        and sys.implementation.name == "cpython"
        and sys.version_info.releaselevel == "final"
        and not getattr(sys, "abiflags", "")
        and f"{sys.version_info.major}.{sys.version_info.minor}" == python_version
    )


def candidates(python_version: str, environment: Mapping[str, str]) -> Iterator[str]:
    """Yield the programs of this machine that may be the interpreter of ``major.minor``.

    First those on PATH, then those that pyenv and uv have installed elsewhere, the newest first. The shims of version
    managers come last: they start slowly, and often run no interpreter.
    """
    program = f"python{python_version}"
    folders = [folder for folder in environment.get("PATH", "").split(os.pathsep) if folder]
    shims = [folder for folder in folders if Path(folder).name == "shims"]
    for folder in folders:
        found = shutil.which(program, path=folder) if folder not in shims else None
        if found is not None:
            yield str(Path(found).absolute())
    home = Path(environment.get("HOME", "")) if environment.get("HOME") else Path.home()
    pyenv = Path(environment.get("PYENV_ROOT") or home / ".pyenv")
    data = Path(environment.get("XDG_DATA_HOME") or home / ".local/share")
    uv = Path(environment.get("UV_PYTHON_INSTALL_DIR") or data / "uv/python")
    yield from _newest_first(pyenv.glob(f"versions/{python_version}.*/bin/{program}"), depth=1)
    yield from _newest_first(uv.glob(f"cpython-{python_version}.*/bin/{program}"), depth=1)
    for folder in shims:
        found = shutil.which(program, path=folder)
        if found is not None:
            yield str(Path(found).absolute())


def _newest_first(paths: Iterator[Path], depth: int) -> list[str]:
    """Return paths such as ``versions/3.13.10/bin/python3.13`` in the order of their versions, the newest first."""

    def numbers(path: Path) -> tuple[tuple[int, ...], str]:
        name = path.parents[depth].name
        digits = "".join(letter if letter.isdigit() else " " for letter in name)
        return tuple(int(number) for number in digits.split()), name

    return [str(path) for path in sorted(paths, key=numbers, reverse=True)]


def _what_runs(path: str) -> Interpreter | None:
    """Return the interpreter that a program runs. The program may be a shim."""
    try:
        answer = subprocess.run(
            [path, "-I", "-S", "-c", _VERSION_PROGRAM],
            env=environment_for("version-manager", os.environ),
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    name, version, program = (*answer.stdout.strip().split(" ", 2), "", "", "")[:3]
    if answer.returncode or name != "python":
        return None
    return Interpreter(path=program or path, version=version)
