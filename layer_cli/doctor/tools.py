"""The programs that a deployment starts: Python itself, the Pulumi CLI, uv."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass

from layer_cli.doctor.finding import Finding

_SECONDS = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Tool:
    """A program that is needed in some version."""

    name: str
    lowest: tuple[int, ...]
    """The lowest version that will do; what ``pyproject.toml`` says of its SDK, where it has one."""

    remedy: str


PYTHON = Tool(name="Python", lowest=(3, 11), remedy="run the program with Python 3.11 or newer")
PULUMI = Tool(
    name="Pulumi CLI",
    lowest=(3, 216),
    remedy="install the Pulumi CLI (pulumi.com/docs/install) and put it on PATH",
)
UV = Tool(name="uv", lowest=(0, 9), remedy="install the package again: `pip install --force-reinstall uv`")


def tool_finding(tool: Tool, version: str | None, place: str = "") -> Finding:
    """Return what follows from a version that was found, or from none. Pure."""
    wanted = ".".join(map(str, tool.lowest))
    if version is None:
        return Finding(check=tool.name, status="missing", found=place or "not found on PATH", remedy=tool.remedy)
    numbers = tuple(int(number) for number in re.findall(r"\d+", version)[: len(tool.lowest)])
    found = f"{version}, {place}" if place else version
    if numbers < tool.lowest:
        return Finding(check=tool.name, status="missing", found=f"{found}; {wanted} is needed", remedy=tool.remedy)
    return Finding(check=tool.name, status="ok", found=found)


def find_python() -> tuple[Finding, ...]:
    """Look at the interpreter that runs this."""
    return (tool_finding(PYTHON, platform.python_version(), sys.executable),)


def find_pulumi(search_path: str | None = None) -> tuple[Finding, ...]:
    """Look for the Pulumi CLI.

    :param search_path: as ``PATH`` has it, which is the default.
    """
    path = shutil.which("pulumi", path=search_path)
    if path is None:
        return (tool_finding(PULUMI, None),)
    version, reason = _version(path, "version")
    return (tool_finding(PULUMI, version, path if version else f"{path} does not run: {reason}"),)


def find_uv() -> tuple[Finding, ...]:
    """Look for the uv that comes with this package."""
    from uv import find_uv_bin

    try:
        path = find_uv_bin()
    except FileNotFoundError as error:
        return (tool_finding(UV, None, f"the package is installed without its program: {error}"),)
    version, reason = _version(path, "--version")
    return (tool_finding(UV, version, path if version else f"{path} does not run: {reason}"),)


def _version(path: str, argument: str) -> tuple[str | None, str]:
    """Return what a program says of its version; else ``None``, and why."""
    try:
        done = subprocess.run(
            [path, argument],
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
        return None, done.stderr.strip() or f"it ended with status {done.returncode}"
    return found[0], ""
