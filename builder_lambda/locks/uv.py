"""Read ``uv.lock`` through uv, which exports it as a PEP 751 lock: no network, no interpreter, no write to the project.

The lock is taken as it is (``--frozen``): whether it is up to date with the project is for ``uv lock --check`` to say.
"""

from __future__ import annotations

import re
import subprocess
import tomllib
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from pydantic import BaseModel, Field

from builder_lambda.errors.locks import LockFault
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


def export_uv_lock(path: Path, *, groups: Sequence[str] = (), extras: Sequence[str] = ()) -> Pylock:
    """Return the lock at ``path`` as a PEP 751 lock of the project with these groups and extras, and no others.

    The project itself is not in it, the other members of its workspace are.

    :raises UnreadableLock: with what uv says, for every group and extra that the lock does not have.
    """
    options = [*(f"--group={name}" for name in groups), *(f"--extra={name}" for name in extras)]
    text, complaint = _run(path, options)
    if text is not None:
        return parse_lock(text)
    if not options or _run(path, ())[0] is None:
        raise UnreadableLock(LockFault(subject="uv", reason=complaint, kind="form"))
    # uv stops at the first name that it does not know; what excludes each other it says of all together only
    complaints = [said for said in (_run(path, [option])[1] for option in options) if said] or [complaint]
    raise UnreadableLock(*(LockFault(subject="uv", reason=said, kind="choice") for said in dict.fromkeys(complaints)))


def group_python_faults(text: str, target: Target, groups: Sequence[str]) -> Iterator[LockFault]:
    """Yield the chosen groups that are for other Pythons than the target's (``tool.uv.dependency-groups``).

    uv locks the packages of such a group with a marker, so that an export for another Python has none of them.

    :param text: the lock, which uv has read.
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
                yield LockFault(subject=f"group {group!r}", reason=reason, kind="choice")


def _run(path: Path, options: Sequence[str]) -> tuple[str | None, str]:
    """Run uv once, and return the exported text (``None`` if there is none) and what uv complained about."""
    import uv

    command = [uv.find_uv_bin(), "export", "--quiet", "--format", "pylock.toml", "--no-header"]
    command += ["--frozen", "--offline", "--no-cache", "--no-config", "--no-python-downloads", "--color", "never"]
    command += ["--no-emit-project", "--no-default-groups", *options]
    folder = path.parent.resolve()
    # Without the variables of the user, of which many would change what is exported.
    run = subprocess.run(command, cwd=folder, env={}, capture_output=True, text=True, encoding="utf-8", check=False)
    if run.returncode == 0:
        return run.stdout, ""
    said = run.stderr.strip().replace(f"{folder}/", "")
    match = _ERROR.match(said)
    return None, match[1] if match else said or f"uv ended with status {run.returncode}"
