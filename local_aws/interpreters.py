"""The Pythons of this machine that can run functions of Lambda's runtimes."""

import json
import os
import platform
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from local_aws.errors import NoInterpreter

RUNTIMES = ("python3.11", "python3.12", "python3.13", "python3.14")
"""Lambda's Python runtimes that the product knows, oldest first."""

_PROBE = "import json, sys, venv; print(json.dumps([list(sys.version_info[:2]), sys.version, sys.base_prefix]))"


@dataclass(frozen=True, kw_only=True)
class Interpreter:
    """A Python that has been seen to run."""

    runtime: str
    """As Lambda calls it: `python3.13`."""
    executable: Path
    version: str
    """All that it says of itself, so that a rebuilt Python of the same number is told apart."""
    prefix: Path
    """Its installation: what a function must be able to read."""


def machine_architecture() -> str:
    """Lambda's name for what this machine executes."""
    return {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}.get(platform.machine(), platform.machine())


def find_interpreters(environ: Mapping[str, str] | None = None) -> tuple[Interpreter, ...]:
    """One interpreter per runtime that is to be had here, oldest runtime first.

    :raises NoInterpreter: if there is none.
    """
    environ = os.environ if environ is None else environ
    found = []
    for runtime in RUNTIMES:
        probed = (_probe(runtime, candidate) for candidate in _candidates(runtime, environ))
        if (interpreter := next((one for one in probed if one), None)) is not None:
            found.append(interpreter)
    if not found:
        raise NoInterpreter
    return tuple(found)


def _candidates(runtime: str, environ: Mapping[str, str]) -> Iterator[Path]:
    """Every file that may be it: on PATH first, then where pyenv and uv keep what is not on PATH itself.

    A shim of pyenv is on PATH for each version that it has, and fails for those that are not selected.
    """
    folders = [Path(folder) for folder in environ.get("PATH", "").split(os.pathsep) if folder]
    yield from (folder / runtime for folder in folders)
    home = Path(environ.get("HOME") or Path.home())
    version = runtime.removeprefix("python")
    pyenv = Path(environ.get("PYENV_ROOT") or home / ".pyenv") / "versions"
    data = Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    yield from sorted(pyenv.glob(f"{version}.*/bin/{runtime}"), reverse=True)
    yield from sorted(data.glob(f"uv/python/cpython-{version}.*/bin/{runtime}"), reverse=True)


def _probe(runtime: str, candidate: Path) -> Interpreter | None:
    if not os.access(candidate, os.X_OK):
        return None
    try:
        done = subprocess.run([candidate, "-I", "-c", _PROBE], capture_output=True, text=True, check=False, timeout=30)
        (major, minor), version, prefix = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    if f"python{major}.{minor}" != runtime:
        return None
    return Interpreter(runtime=runtime, executable=candidate, version=version, prefix=Path(prefix))
