"""Runs the command line in a folder, in this process or in a new one."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from layer_cli.main import commands

ROOT = Path(__file__).parents[2]
RUNTIME = f"python{sys.version_info[0]}.{sys.version_info[1]}"
"""A runtime that any machine can compile bytecode for: the one of this interpreter."""


@dataclass(frozen=True, kw_only=True)
class Shell:
    """A working folder with its own cache and an index."""

    folder: Path
    environ: dict[str, str]

    def run(self, *arguments: str) -> Result:
        """Run a command in this process."""
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.folder)
            return CliRunner().invoke(commands, arguments, prog_name="python-layers", env=self.environ)

    def json(self, *arguments: str) -> Any:
        """Return what a command prints with ``--json``."""
        result = self.run(*arguments, "--json")
        assert (result.exit_code, result.stderr) == (0, "")
        return json.loads(result.stdout)

    def start(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a command in a process of its own."""
        return subprocess.run(
            [sys.executable, "-m", "layer_cli", *arguments],
            cwd=self.folder,
            env={**os.environ, **self.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )

    def write(self, name: str, text: str) -> Path:
        """Write a file of the user."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path


def shell_at(folder: Path, index_url: str) -> Shell:
    """Return a shell in a folder, that sees one index."""
    work = folder / "work"
    work.mkdir()
    environ = {
        "PYTHON_LAYERS_CACHE": str(folder / "cache"),
        "UV_DEFAULT_INDEX": index_url,
        "PIP_CONFIG_FILE": os.devnull,
        "NO_COLOR": "1",
    }
    return Shell(folder=work, environ=environ)
