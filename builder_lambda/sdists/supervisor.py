"""Runs one program, and ends everything that it started. The parent process of the code of packages.

It is started as a script with an environment of its own, so it uses the standard library only and works with each
Python of Lambda. Where Linux allows it, the program gets a process namespace: it sees no other process, and the kernel
ends what it started. Elsewhere this process adopts what the program leaves (``PR_SET_CHILD_SUBREAPER``) and ends that.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import NoReturn

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_CHILD_SUBREAPER = 36
_CLONE_NEWNS, _CLONE_NEWUSER, _CLONE_NEWPID = 0x00020000, 0x10000000, 0x20000000
_MS_REC, _MS_PRIVATE = 0x4000, 0x40000
"""Constants of Linux: ``prctl.h``, ``sched.h``, ``mount.h``."""

_IS_LINUX = sys.platform == "linux"


def hide_this_process() -> None:
    """Let no other process of the same user read the variables and the memory of this one (``PR_SET_DUMPABLE``).

    It does not stop the user root.
    """
    _prctl(_PR_SET_DUMPABLE, 0)


def main() -> None:
    """Run a program, and exit with its status. The first argument is the most bytes of each file that it writes."""
    limit = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    try:
        status = _in_namespace(sys.argv[2:])
        if status is None:
            status = _run(sys.argv[2:])
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        _end_children()
    sys.exit(status)


def _in_namespace(command: list[str]) -> int | None:
    """Run a program where it sees its own processes only. Return ``None`` if the system does not allow it."""
    if not _IS_LINUX:
        return None
    started, starts = os.pipe()
    between = os.fork()
    if between == 0:
        _enter_namespace(command, starts)
    os.close(starts)
    is_running = os.read(started, 1) == b"1"
    _, status = os.waitpid(between, 0)
    return _exit_status(status) if is_running else None


def _enter_namespace(command: list[str], starts: int) -> NoReturn:
    """Run a program in a new namespace, and end this process with its status."""
    status = 1
    try:
        status = _status_in_new_namespace(command, starts)
    except OSError as error:
        os.write(2, f"{error}\n".encode())
    finally:
        os._exit(status)  # the end of a namespace's first process ends all others


def _status_in_new_namespace(command: list[str], starts: int) -> int:
    """Return the status of a program in a new namespace. Write to ``starts`` before the program starts.

    It returns in two processes: this one, and the first one of the namespace.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    user, group = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNS | _CLONE_NEWPID | (_CLONE_NEWUSER if user else 0)):
        return 1
    if user:
        mapped = {"setgroups": "deny", "uid_map": f"{user} {user} 1", "gid_map": f"{group} {group} 1"}
        for name, text in mapped.items():
            with open(f"/proc/self/{name}", "w") as file:  # noqa: PTH123 - pathlib takes time to import
                file.write(text)
    first = os.fork()
    if first:
        os.close(starts)
        return _exit_status(os.waitpid(first, 0)[1])
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if libc.mount(b"none", b"/", None, _MS_REC | _MS_PRIVATE, None) or libc.mount(b"proc", b"/proc", b"proc", 0, None):
        return 1
    os.write(starts, b"1")
    os.close(starts)
    return _run(command)


def _exit_status(wait_status: int) -> int:
    """Return the status of a program as shells do: 128 and the signal, if a signal ended it."""
    code = os.waitstatus_to_exitcode(wait_status)
    return code if code >= 0 else 128 - code


def _run(command: list[str]) -> int:
    """Run a program in a session of its own, and return its status. What it started may still run."""
    child = subprocess.Popen(command, start_new_session=True)
    try:
        status = child.wait()
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
    return status if status >= 0 else 128 - status


def _end_children() -> None:
    """End all descendants of this process, in whatever session they are."""
    while True:
        for pid in _descendants():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        try:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                time.sleep(0.005)
        except ChildProcessError:
            return


def _descendants() -> list[int]:
    if not _IS_LINUX:
        return []
    parents = {}
    for name in os.listdir("/proc"):  # noqa: PTH208 - pathlib takes time to import
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as file:  # noqa: PTH123 - pathlib takes time to import
                    parents[int(name)] = int(file.read().rpartition(b")")[2].split()[1])
            except OSError:
                continue  # it has just ended
    found = [os.getpid()]
    for pid in found:
        found += [each for each, parent in parents.items() if parent == pid]
    return found[1:]


def _prctl(option: int, value: int) -> None:
    if _IS_LINUX:
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


if __name__ == "__main__":
    main()
