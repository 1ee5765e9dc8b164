"""Read ``uv.lock`` through uv, which exports it as a PEP 751 lock: no network, no interpreter, no write to the project.

The lock is taken as it is (``--frozen``): whether it is up to date with the project is for ``uv lock --check`` to say.
"""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

from builder_lambda.lock import parse_lock
from builder_lambda.lock_errors import LockFault
from builder_lambda.unreadable_lock import UnreadableLock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from packaging.pylock import Pylock

_ERROR = re.compile(r"\Aerror:\s*(.*)\Z", re.DOTALL)


def export_uv_lock(path: Path, *, groups: Sequence[str] = (), extras: Sequence[str] = ()) -> Pylock:
    """Return the lock at ``path`` as a PEP 751 lock of the project with these groups and extras, and no others.

    The project itself is not in it, the other members of its workspace are.

    :raises UnreadableLock: with what uv says, for every group and extra that the lock does not have.
    """
    options = [*(f"--group={name}" for name in groups), *(f"--extra={name}" for name in extras)]
    text, complaint = _run(path, options)
    if text is not None:
        return parse_lock(text)
    # uv stops at the first name that it does not know; what excludes each other it says of all together only
    complaints = [said for said in (_run(path, [option])[1] for option in options) if said] or [complaint]
    raise UnreadableLock(*(LockFault(subject="uv", reason=said) for said in dict.fromkeys(complaints)))


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
