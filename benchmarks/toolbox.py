"""Installs the compared programs, each in an environment of its own, once, in the user's cache folder."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from local_aws.environments.cached_folder import made_once
from local_aws.environments.command import run
from local_aws.environments.folders import Folders
from local_aws.environments.interpreters import Interpreter, find_interpreters, machine_architecture
from local_aws.environments.virtual_environment import virtual_environment
from local_aws.errors import LocalAwsError

_HERE = Path(__file__).parent
_SERVERLESS = _HERE / "serverless"
_NOT_PASSED = (
    *("PIP_FIND_LINKS", "UV_FIND_LINKS"),  # local wheels would be an advantage for one tool
    *("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "PIP_REQUIRE_VIRTUALENV"),  # these name another Python
    "PYTHONDONTWRITEBYTECODE",  # every program is installed with bytecode; ours runs from its sources
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Toolbox:
    """The programs and variables that the tools need."""

    root: Path
    """The clone; our command line runs from its sources."""
    interpreter: Interpreter
    """The Python of the target."""
    target_python: Path
    """The same Python, in an environment with the current pip."""
    sam: Path
    zip: str
    serverless: Path | None
    """The program; ``None`` if it could not be installed."""
    why_no_serverless: str
    environ: Mapping[str, str]
    """The environment variables of every tool."""

    @classmethod
    def made(cls, runtime: str) -> Self:
        """Install the missing programs, and return all of them.

        :raises LocalAwsError: if there is no interpreter of `runtime` or no `zip`, or if the tools cannot be installed.
        """
        folders = Folders.of_clone()
        interpreter = next((one for one in find_interpreters() if one.runtime == runtime), None)
        if interpreter is None:
            raise LocalAwsError(
                f"no {runtime} on PATH or among the interpreters of pyenv and uv; it is needed to import the layers"
            )
        zipper = shutil.which("zip")
        if zipper is None or shutil.which("unzip") is None:
            raise LocalAwsError("no zip and unzip on PATH; install both: pip and uv are measured together with zip")
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
            environ=tool_environment(os.environ, target / "bin"),
        )

    def versions(self) -> dict[str, str]:
        """Return the version that each program prints."""
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
            printed = run(*words, purpose=f"ask {name} for its version", environ=self.environ, cwd=self.root)
            found[name] = next((word.strip(",") for word in printed.split() if word[:1].isdigit()), printed.strip())
        return found

    @property
    def architecture(self) -> str:
        """Lambda's name for this machine; layers are built for it and imported on it."""
        return machine_architecture()


def uv() -> tuple[str, ...]:
    """Return the command of our pinned uv, without the start of Python."""
    return (str(Path(sys.executable).parent / "uv"),)


def tool_environment(environ: Mapping[str, str], target_bin: Path) -> dict[str, str]:
    """Return the variables of all tools: the target's Python is first on PATH, and caches are off by default."""
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
    """Return the Serverless Framework with its plugin, or the reason why it is not installed.

    It is osls, the maintained fork of release 3: release 4 downloads its program at the first start and requires a
    login.
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
