"""The programs that are measured, each in an environment of its own, made once and kept in the user's cache folder."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from local_aws.cached_folder import made_once
from local_aws.command import run
from local_aws.errors import LocalAwsError
from local_aws.folders import Folders
from local_aws.interpreters import Interpreter, find_interpreters, machine_architecture
from local_aws.virtual_environment import virtual_environment

_HERE = Path(__file__).parent
_SERVERLESS = _HERE / "serverless"
_NOT_PASSED = (
    *("PIP_FIND_LINKS", "UV_FIND_LINKS"),  # wheels that lie on this machine would be an advantage of one tool
    *("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "PIP_REQUIRE_VIRTUALENV"),  # name another Python
    "PYTHONDONTWRITEBYTECODE",  # nobody's program is installed without bytecode; ours runs from its sources
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Toolbox:
    """Where everything is that a contender needs."""

    root: Path
    """The clone: our own command line runs from its sources."""
    interpreter: Interpreter
    """The Python of the target."""
    target_python: Path
    """The same, in an environment that has the current pip."""
    sam: Path
    zip: str
    serverless: Path | None
    """The program, where it could be installed."""
    why_no_serverless: str
    environ: Mapping[str, str]
    """What every contender runs with."""

    @classmethod
    def made(cls, runtime: str) -> Self:
        """Install what is missing, and return all of it.

        :raises LocalAwsError: if there is no interpreter of `runtime`, no `zip`, or the package index does not give the
            tools.
        """
        folders = Folders.of_clone()
        interpreter = next((one for one in find_interpreters() if one.runtime == runtime), None)
        if interpreter is None:
            raise LocalAwsError(f"no {runtime} on PATH, nor where pyenv and uv keep theirs: layers are imported by it")
        zipper = shutil.which("zip")
        if zipper is None or shutil.which("unzip") is None:
            raise LocalAwsError("no zip and unzip on PATH: pip and uv are measured together with zip; install both")
        target = virtual_environment(interpreter, _HERE / "requirements" / "target.txt", folders=folders)
        sam = virtual_environment(interpreter, _HERE / "requirements" / "sam.txt", folders=folders)
        serverless, why_not = _serverless(folders)
        return cls(
            root=folders.root,
            interpreter=interpreter,
            target_python=target / "bin" / runtime,
            sam=sam / "bin" / "sam",
            zip=zipper,
            serverless=serverless,
            why_no_serverless=why_not,
            environ=contender_environment(os.environ, target / "bin"),
        )

    def versions(self) -> dict[str, str]:
        """Ask each program what it calls itself."""
        programs: dict[str, tuple[str | Path, ...]] = {
            "python-layers": (sys.executable, "-m", "layer_cli", "--version"),
            "pip": (self.target_python, "-m", "pip", "--version"),
            "uv": (*uv(), "--version"),
            "sam": (self.sam, "--version"),
            "target Python": (self.target_python, "--version"),
        }
        if self.serverless is not None:
            programs["osls (Serverless Framework 3)"] = (self.serverless, "--version")
        found = {}
        for name, words in programs.items():
            told = run(*words, purpose=f"ask {name} for its version", environ=self.environ, cwd=self.root)
            found[name] = next((word.strip(",") for word in told.split() if word[:1].isdigit()), told.strip())
        return found

    @property
    def architecture(self) -> str:
        """Lambda's name for this machine: what is built here is imported here."""
        return machine_architecture()


def uv() -> tuple[str, ...]:
    """Return the command that is our own pinned uv, without Python in front of it."""
    return (str(Path(sys.executable).parent / "uv"),)


def contender_environment(environ: Mapping[str, str], target_bin: Path) -> dict[str, str]:
    """Return the variables that all contenders get: the target's Python first, no cache that nobody asked for."""
    kept = {name: value for name, value in environ.items() if name not in _NOT_PASSED}
    if "PIP_INDEX_URL" in kept:
        kept.setdefault("UV_DEFAULT_INDEX", kept["PIP_INDEX_URL"])
    return kept | {
        "PATH": f"{target_bin}{os.pathsep}{kept.get('PATH', os.defpath)}",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_CACHE_DIR": "1",
        "UV_PYTHON_DOWNLOADS": "never",
        "SAM_CLI_TELEMETRY": "0",
        "SLS_TELEMETRY_DISABLED": "1",
    }


def _serverless(folders: Folders) -> tuple[Path | None, str]:
    """Return the Serverless Framework with its plugin, or why it is not here.

    It is osls, the fork of release 3 that is still cared for: release 4 fetches its program at each first start and
    asks for a login.
    """
    npm = shutil.which("npm")
    if npm is None:
        return None, "no npm on this machine"
    lock = _SERVERLESS / "package-lock.json"
    parent = folders.cache / "serverless"
    parent.mkdir(parents=True, exist_ok=True)

    def make(folder: Path) -> None:
        for file in (lock, _SERVERLESS / "package.json"):
            shutil.copy(file, folder)
        words = (npm, "ci", "--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund")
        done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            raise ChildProcessError(f"npm ci ended with status {done.returncode}")

    try:
        folder = made_once(parent / _digest(lock), make)
    except ChildProcessError as error:
        return None, str(error)
    return folder / "node_modules" / ".bin" / "serverless", ""


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:16]
