"""Find the interpreter that compiles for a runtime: CPython of the same ``major.minor``, as published.

Bytecode of one minor version is of no use to another, and the patch release changes a file in some hundred. So the
version found is a part of what a build is made from, and belongs into its key.
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

from builder_lambda.errors.builder_function import InterpreterMissing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_VERSION_PROGRAM = """\
import sys
plain = sys.implementation.name == "cpython" and sys.version_info.releaselevel == "final"
if plain and not getattr(sys, "abiflags", ""):
    print("python %d.%d.%d %s" % (*sys.version_info[:3], sys.executable))
"""
"""Prints nothing for what compiles in another way: other implementations, previews, debug and free-threaded builds."""

_NEEDED_TO_START = ("DYLD_LIBRARY_PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")
"""Variables without which some interpreters do not start (the ones of Lambda are linked to a shared library)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Interpreter:
    """A CPython that is on this machine and runs."""

    path: str
    """Absolute path of the program."""

    version: str
    """With the patch release, such as ``3.13.0``."""

    @property
    def cache_tag(self) -> str:
        """What it calls its bytecode files by, such as ``cpython-313`` (PEP 3147)."""
        major, minor, _patch = self.version.split(".")
        return f"cpython-{major}{minor}"


def find_interpreter(python_version: str, *, environment: Mapping[str, str] = os.environ) -> Interpreter:
    """Return the interpreter of ``major.minor``.

    It is the one that runs this, if it is of that version; else the first ``python3.X`` on PATH that really runs; else
    the newest one that pyenv or uv have installed without putting it on PATH; else what a shim of a version manager
    runs.

    :raises InterpreterMissing: naming what was tried.
    """
    if _running_version(python_version):
        return Interpreter(path=sys.executable, version=platform.python_version())
    tried: list[str] = []
    for path in _candidates(python_version, environment):
        if path in tried:
            continue
        found = _what_runs(path)
        if found is not None and found.version.rpartition(".")[0] == python_version:
            return found
        tried.append(path)
    raise InterpreterMissing(python_version=python_version, tried=tuple(tried))


def start_environment(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return what an interpreter needs of the environment to start at all; nothing in it changes what it compiles."""
    return {name: environment[name] for name in _NEEDED_TO_START if name in environment}


def _running_version(python_version: str) -> bool:
    return (
        bool(sys.executable)
        and sys.implementation.name == "cpython"
        and sys.version_info.releaselevel == "final"
        and not getattr(sys, "abiflags", "")
        and f"{sys.version_info.major}.{sys.version_info.minor}" == python_version
    )


def _candidates(python_version: str, environment: Mapping[str, str]) -> Iterator[str]:
    program = f"python{python_version}"
    folders = [folder for folder in environment.get("PATH", "").split(os.pathsep) if folder]
    shims = [folder for folder in folders if Path(folder).name == "shims"]  # slow to start, and often of no version
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
    """Order paths such as ``versions/3.13.10/bin/python3.13`` by the numbers in the name of the installation."""

    def numbers(path: Path) -> tuple[tuple[int, ...], str]:
        name = path.parents[depth].name
        digits = "".join(letter if letter.isdigit() else " " for letter in name)
        return tuple(int(number) for number in digits.split()), name

    return [str(path) for path in sorted(paths, key=numbers, reverse=True)]


def _what_runs(path: str) -> Interpreter | None:
    """Return the interpreter behind a program, which may be a script that looks for it on each start."""
    try:
        answer = subprocess.run(
            [path, "-I", "-S", "-c", _VERSION_PROGRAM],
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
