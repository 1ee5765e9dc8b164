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

from builder_lambda.layer_error import LayerError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_VERSION_PROGRAM = """\
import sys
plain = sys.implementation.name == "cpython" and sys.version_info.releaselevel == "final"
if plain and not getattr(sys, "abiflags", ""):
    print("python %d.%d.%d" % sys.version_info[:3])
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


@dataclass(eq=False, kw_only=True)
class InterpreterMissing(LayerError, code="interpreter-missing"):  # noqa: N818 - named by what went wrong, see errors.py
    """No interpreter of the runtime's Python version was found, so that nothing can compile for it."""

    cause = "it is not installed on this machine, or only a shim of a version manager is, which does not run it"
    remedy = (
        "install that Python and put it on PATH, or build with --no-bytecode, "
        "or let the builder function of that runtime build the layer"
    )

    python_version: str
    """``major.minor``, such as ``3.13``."""

    tried: tuple[str, ...] = ()
    """Programs of the name that are there and do not run as released CPython of that version."""

    def _what(self) -> str:
        return (
            f"bytecode for Python {self.python_version} cannot be made: there is no CPython {self.python_version} here"
        )

    def _details(self) -> tuple[str, ...]:
        return tuple(f"does not run, or is not what it is called: {path}" for path in self.tried)


def find_interpreter(python_version: str, *, environment: Mapping[str, str] = os.environ) -> Interpreter:
    """Return the interpreter of ``major.minor``.

    It is the one that runs this, if it is of that version; else the first ``python3.X`` on PATH that really runs; else
    the newest one that pyenv or uv have installed without putting it on PATH.

    :raises InterpreterMissing: naming what was tried.
    """
    if _running_version(python_version):
        return Interpreter(path=sys.executable, version=platform.python_version())
    tried: list[str] = []
    for path in _candidates(python_version, environment):
        if path in tried:
            continue
        version = _version_of(path)
        if version is not None and version.rpartition(".")[0] == python_version:
            return Interpreter(path=path, version=version)
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
    for folder in environment.get("PATH", "").split(os.pathsep):
        found = shutil.which(program, path=folder) if folder else None
        if found is not None:
            yield str(Path(found).absolute())
    home = Path(environment.get("HOME", "")) if environment.get("HOME") else Path.home()
    pyenv = Path(environment.get("PYENV_ROOT") or home / ".pyenv")
    data = Path(environment.get("XDG_DATA_HOME") or home / ".local/share")
    uv = Path(environment.get("UV_PYTHON_INSTALL_DIR") or data / "uv/python")
    yield from _newest_first(pyenv.glob(f"versions/{python_version}.*/bin/{program}"), depth=1)
    yield from _newest_first(uv.glob(f"cpython-{python_version}.*/bin/{program}"), depth=1)


def _newest_first(paths: Iterator[Path], depth: int) -> list[str]:
    """Order paths such as ``versions/3.13.10/bin/python3.13`` by the numbers in the name of the installation."""

    def numbers(path: Path) -> tuple[tuple[int, ...], str]:
        name = path.parents[depth].name
        digits = "".join(letter if letter.isdigit() else " " for letter in name)
        return tuple(int(number) for number in digits.split()), name

    return [str(path) for path in sorted(paths, key=numbers, reverse=True)]


def _version_of(path: str) -> str | None:
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
    name, _, version = answer.stdout.strip().partition(" ")
    return version if answer.returncode == 0 and name == "python" else None
