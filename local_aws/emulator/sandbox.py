"""Make the file system of a function: its code at /var/task, its layers at /opt, and its own /tmp.

This is a mount namespace. It needs root or unprivileged user namespaces. Some CI machines and containers permit
neither. There, functions run in their real folders and have no own /tmp. `LAMBDA_TASK_ROOT` and `PYTHONPATH` then name
the real folders.
"""

import shlex
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_WAYS = (("unshare", "--mount", "--propagation", "private"), ("unshare", "--user", "--map-root-user", "--mount"))


@dataclass(frozen=True, kw_only=True)
class Namespace:
    """A way to make a private mount namespace."""

    command: tuple[str, ...]
    covers_var: bool
    """Whether /var is replaced inside, because /var/task does not exist and cannot be made."""


@dataclass(frozen=True, kw_only=True)
class FunctionFolders:
    """The folders of one execution environment, below `root`."""

    root: Path

    @property
    def task(self) -> Path:
        """The folder that is mounted at /var/task."""
        return self.root / "task"

    @property
    def opt(self) -> Path:
        """The folder that is mounted at /opt."""
        return self.root / "opt"

    @property
    def scratch(self) -> Path:
        """The folder that is mounted at /tmp."""
        return self.root / "tmp"

    @property
    def var(self) -> Path:
        """The mount point for the machine's /var while another covers it."""
        return self.root / "var"

    def make(self) -> None:
        """Make all folders, empty."""
        for folder in (self.task, self.opt, self.scratch, self.var):
            folder.mkdir(parents=True)


def find_namespace(scratch: Path) -> Namespace | None:
    """Return the first way that works on this machine, or None. `scratch` is for the test runs."""
    ways = [Namespace(command=way, covers_var=covers) for way in _WAYS for covers in (False, True)]
    for number, namespace in enumerate(ways):
        folders = FunctionFolders(root=scratch / f"probe-{number}")
        folders.make()
        script = sandbox_script(namespace, folders, ["test", "-d", "/var/task"], visible=(), scratch_mib=1)
        try:
            done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, check=False, timeout=30)
        except (OSError, subprocess.TimeoutExpired):
            continue
        if done.returncode == 0:
            return namespace
    return None


def sandbox_script(
    namespace: Namespace | None,
    folders: FunctionFolders,
    command: Iterable[str],
    *,
    visible: Iterable[Path],
    scratch_mib: int,
) -> str:
    """Return a script that runs `command` in the sandbox, in a session of its own.

    Every step uses `exec`, so `command` keeps the process id of the script.
    """
    become = f"exec {shlex.join(command)}"
    if namespace is None:
        return f"cd {shlex.quote(str(folders.task))}\nexec setsid sh -c {shlex.quote(become)}"
    lines = ["set -e", *_scratch(folders, scratch_mib), *_visible(folders, visible)]
    if namespace.covers_var:
        lines += _var(folders)
    lines += [
        "mkdir -p /var/task",
        _bind(folders.task, "/var/task"),
        # In a user namespace, locked mount flags can make this fail. Then the code is writable, which does no harm.
        "mount -o remount,ro,bind /var/task 2>/dev/null || true",
    ]
    covers = [_bind(folders.opt, "/opt"), f"mount --rbind {_quoted(folders.scratch)} /tmp"]
    # The mount that hides our own folders must be last.
    lines += covers[::-1] if folders.root.is_relative_to("/opt") else covers
    lines += ["cd /var/task", become]
    return f"exec setsid {shlex.join([*namespace.command, 'sh', '-c', chr(10).join(lines)])}"


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))


def _bind(source: Path, target: str) -> str:
    return f"mount --bind {_quoted(source)} {target}"


def _scratch(folders: FunctionFolders, mib: int) -> list[str]:
    return [f"mount -t tmpfs -o size={mib}m,mode=1777 tmpfs {_quoted(folders.scratch)}"]


def _visible(folders: FunctionFolders, visible: Iterable[Path]) -> list[str]:
    """Return the mounts that keep installations visible below /tmp and /opt."""
    lines = []
    for path in visible:
        for hidden, cover in ((Path("/tmp"), folders.scratch), (Path("/opt"), folders.opt)):
            if path.is_relative_to(hidden):
                target = cover / path.relative_to(hidden)
                lines.append(f"mkdir -p {_quoted(target)} && mount --rbind {_quoted(path)} {_quoted(target)}")
    return lines


def _var(folders: FunctionFolders) -> list[str]:
    """Return the commands that cover /var with an empty one and mount the machine's folders in it."""
    kept = _quoted(folders.var)
    return [
        f"mount --rbind /var {kept}",
        "mount -t tmpfs tmpfs /var",
        f"for entry in {kept}/*; do name=/var/${{entry##*/}}",
        'if [ -L "$entry" ]; then cp -P "$entry" "$name"',
        'elif [ -d "$entry" ]; then mkdir "$name"; mount --rbind "$entry" "$name"; fi; done',
    ]
