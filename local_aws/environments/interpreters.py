"""Find the Python interpreters of this machine that can run functions of Lambda's runtimes."""

import json
import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from builder_lambda.bytecode.interpreter import candidates
from local_aws.errors import NoInterpreter

RUNTIMES = ("python3.11", "python3.12", "python3.13", "python3.14")
"""The Python runtimes of Lambda that the embedded AWS can run, oldest first."""

_PROBE = "import json, sys, venv; print(json.dumps([list(sys.version_info[:2]), sys.version, sys.base_prefix]))"


@dataclass(frozen=True, kw_only=True)
class Interpreter:
    """A working Python interpreter."""

    runtime: str
    """Lambda's name for it, such as `python3.13`."""
    executable: Path
    version: str
    """``sys.version`` in full: two builds of the same version differ in it."""
    prefix: Path
    """The folder of the installation. Functions must be able to read it."""


def machine_architecture() -> str:
    """Return Lambda's name for the architecture of this machine."""
    return {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}.get(platform.machine(), platform.machine())


def find_interpreters(environ: Mapping[str, str] | None = None) -> tuple[Interpreter, ...]:
    """Return one interpreter for each runtime that this machine can run, oldest runtime first.

    :raises NoInterpreter: if this machine can run no runtime.
    """
    environ = os.environ if environ is None else environ
    found = []
    for runtime in RUNTIMES:
        programs = candidates(runtime.removeprefix("python"), environ)
        probed = (_probe(runtime, Path(program)) for program in programs)
        if (interpreter := next((one for one in probed if one), None)) is not None:
            found.append(interpreter)
    if not found:
        raise NoInterpreter
    return tuple(found)


def _probe(runtime: str, candidate: Path) -> Interpreter | None:
    try:
        done = subprocess.run([candidate, "-I", "-c", _PROBE], capture_output=True, text=True, check=False, timeout=30)
        (major, minor), version, prefix = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    if f"python{major}.{minor}" != runtime:
        return None
    return Interpreter(runtime=runtime, executable=candidate, version=version, prefix=Path(prefix))
