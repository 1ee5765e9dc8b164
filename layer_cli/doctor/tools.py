"""Checks the versions of Python, the Pulumi CLI and uv."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass

from packaging.version import Version
from uv import find_uv_bin

from builder_lambda.contract.program_environment import environment_for
from layer_cli.doctor.finding import Finding

_SECONDS = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Tool:
    """A program and its minimum version."""

    name: str
    minimum: Version
    """For Pulumi and uv, that of their packages in ``pyproject.toml``."""

    remedy: str


PYTHON = Tool(name="Python", minimum=Version("3.11"), remedy="run the program with Python 3.11 or newer")
PULUMI = Tool(
    name="Pulumi CLI",
    minimum=Version("3.216"),
    remedy="install the Pulumi CLI (pulumi.com/docs/install) and put it on PATH",
)
UV = Tool(name="uv", minimum=Version("0.9"), remedy="install the package again: `pip install --force-reinstall uv`")


def tool_finding(tool: Tool, version: str | None, place: str = "") -> Finding:
    """Return the finding on a version, or on a tool that was not found. Pure."""
    if version is None:
        return Finding(check=tool.name, status="missing", found=place or "not found on PATH", remedy=tool.remedy)
    found = f"{version}, {place}" if place else version
    if Version(version) < tool.minimum:
        return Finding(
            check=tool.name, status="missing", found=f"{found}; {tool.minimum} or newer is needed", remedy=tool.remedy
        )
    return Finding(check=tool.name, status="ok", found=found)


def find_python() -> tuple[Finding, ...]:
    """Return the finding on the running interpreter."""
    return (tool_finding(PYTHON, ".".join(map(str, sys.version_info[:3])), sys.executable),)


def find_pulumi(search_path: str | None = None) -> tuple[Finding, ...]:
    """Return the finding on the Pulumi CLI.

    :param search_path: folders to search, in the form of ``PATH``, which is the default.
    """
    path = shutil.which("pulumi", path=search_path)
    if path is None:
        return (tool_finding(PULUMI, None),)
    version, reason = _version(path, "version")
    return (tool_finding(PULUMI, version, path if version else f"{path} does not run: {reason}"),)


def find_uv() -> tuple[Finding, ...]:
    """Return the finding on the uv that is installed with this package."""
    try:
        path = find_uv_bin()
    except FileNotFoundError as error:
        return (tool_finding(UV, None, f"its package is installed without the program: {error}"),)
    version, reason = _version(path, "--version")
    return (tool_finding(UV, version, path if version else f"{path} does not run: {reason}"),)


def _version(path: str, argument: str) -> tuple[str | None, str]:
    """Return the version that a program prints, or ``None`` and the reason."""
    try:
        done = subprocess.run(
            [path, argument],
            env=environment_for("tool", os.environ),
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return None, str(error)
    found = re.search(r"\d+(?:\.\d+)+", done.stdout)
    if done.returncode or found is None:
        return None, done.stderr.strip() or f"it ended with exit code {done.returncode}"
    return found[0], ""
