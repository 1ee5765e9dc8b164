"""Read ``uv.lock`` by letting uv export it as a PEP 751 lock. Needs no network and no interpreter, and writes nothing.

The lock is taken unchanged (``--frozen``). ``uv lock --check`` reports whether it is up to date with the project.
"""

from __future__ import annotations

import re
import subprocess
import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING

import uv
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from pydantic import BaseModel, Field

from builder_lambda.errors.locks import LockProblem
from builder_lambda.locks.pylock import parse_lock
from builder_lambda.locks.unreadable import UnreadableLock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from packaging.pylock import Pylock

    from builder_lambda.contract.targets import Target

_ERROR = re.compile(r"\Aerror:\s*(.*)\Z", re.DOTALL)
_PYTHONS_OF_GROUPS = "group-requires-python"


class _Source(BaseModel):
    virtual: str = ""
    editable: str = ""


class _Package(BaseModel):
    source: _Source = Field(default_factory=_Source)
    group_pythons: dict[str, str] = Field(default_factory=dict, alias="group-requires-python")


class _UvLock(BaseModel):
    package: list[_Package] = Field(default_factory=list)


def export_uv_lock(
    path: Path, text: str, *, groups: Sequence[str], extras: Sequence[str], target: Target | None
) -> Pylock:
    """Return the lock at ``path`` as a PEP 751 lock of the project with these groups and extras, and no others.

    The project itself is not in it, but the other members of its workspace are.

    :param text: the text of the file.
    :param target: a chosen group must allow its Python.
    :raises UnreadableLock: with uv's message for every group and extra that the lock does not have; with the lock
        itself, where only groups do not allow the Python.
    """
    options = [*(f"--group={name}" for name in groups), *(f"--extra={name}" for name in extras)]
    exported, complaint = _run(path, options)
    if exported is not None:
        lock = replace(
            parse_lock(exported),
            dependency_groups=[canonicalize_name(name) for name in groups],
            extras=[canonicalize_name(name) for name in extras],
        )
        problems = () if target is None else tuple(_group_python_problems(text, target, groups))
        if problems:
            raise UnreadableLock(*problems, rest=lock)
        return lock
    if not options or _run(path, ())[0] is None:
        raise UnreadableLock(LockProblem(place="uv", reason=complaint, kind="form"))
    # uv stops at the first unknown name. Conflicts between names it reports only for all of them together.
    complaints = [said for said in (_run(path, [option])[1] for option in options) if said] or [complaint]
    raise UnreadableLock(*(LockProblem(place="uv", reason=said, kind="choice") for said in dict.fromkeys(complaints)))


def _group_python_problems(text: str, target: Target, groups: Sequence[str]) -> Iterator[LockProblem]:
    """Yield the chosen groups that do not allow the target's Python (``tool.uv.dependency-groups``).

    uv locks the packages of such a group under a marker, so the target would get none of them.
    """
    if not groups or _PYTHONS_OF_GROUPS not in text:
        return
    chosen, python = set(map(canonicalize_name, groups)), target.python_full_version
    for package in _UvLock.model_validate(tomllib.loads(text)).package:
        if "." not in (package.source.virtual, package.source.editable):
            continue  # another member of the workspace
        for group, needed in package.group_pythons.items():
            if canonicalize_name(group) in chosen and not SpecifierSet(needed).contains(python):
                reason = f"it needs Python {needed}; {target.runtime} may be as old as {python}"
                yield LockProblem(place=f"group {group!r}", reason=reason, kind="choice")


def _run(path: Path, options: Sequence[str]) -> tuple[str | None, str]:
    """Run uv once, and return the exported text, or ``None`` and the message of uv."""
    command = [uv.find_uv_bin(), "export", "--quiet", "--format", "pylock.toml", "--no-header"]
    command += ["--frozen", "--offline", "--no-cache", "--no-config", "--no-python-downloads", "--color", "never"]
    command += ["--no-emit-project", "--no-default-groups", *options]
    folder = path.parent.resolve()
    # Without the user's environment variables: many of them would change the export.
    run = subprocess.run(command, cwd=folder, env={}, capture_output=True, text=True, encoding="utf-8", check=False)
    if run.returncode == 0:
        return run.stdout, ""
    said = run.stderr.strip().replace(f"{folder}/", "")
    match = _ERROR.match(said)
    return None, match[1] if match else said or f"uv ended with status {run.returncode}"
