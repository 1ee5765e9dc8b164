"""Run a private Docker daemon for tests of container builds. Use this machine's ``dockerd``, or fetch one.

The daemon has its own socket and data. It changes no network of the machine (no bridge, no iptables), and it is stopped
by its own process id. If it cannot run, :class:`DockerUnavailable` gives the reason, and tests are skipped.
"""

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from local_aws.environments.cached_folder import made_once
from local_aws.errors import LocalAwsError

PACKAGES = ("docker.io", "containerd", "runc")
"""Debian packages: the daemon with its client, and the two programs that it starts. Unpacked, not installed."""

_FLAGS = ("--iptables=false", "--ip6tables=false", "--bridge=none")
"""Flags for a plain virtual machine without a network of its own.

The daemon chooses how it stores images. If nothing better works, it uses ``vfs``, which copies the whole image for each
container.
"""

START_SECONDS = 30
STOP_SECONDS = 20
_LOG_TAIL_LINES = 15


class DockerUnavailable(LocalAwsError):
    """No Docker daemon can be started on this machine."""

    code = "docker-unavailable"

    def __init__(self, *, reason: str) -> None:
        """Store the reason."""
        self.reason = reason
        super().__init__(f"no Docker daemon can run here: {reason}")


@dataclass(frozen=True, kw_only=True)
class DockerDaemon:
    """A running daemon."""

    socket: Path
    path: str
    """PATH with a ``docker`` program on it."""

    @property
    def environ(self) -> dict[str, str]:
        """The variables with which a Docker client finds the daemon."""
        return {"DOCKER_HOST": f"unix://{self.socket}", "PATH": self.path}

    def docker(self, *arguments: str, stdin: int | None = None) -> str:
        """Run ``docker`` against the daemon and return its output.

        :raises DockerUnavailable: if it fails, with its error.
        """
        done = subprocess.run(
            ["docker", *arguments],
            env={**os.environ, **self.environ},
            stdin=subprocess.DEVNULL if stdin is None else stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise DockerUnavailable(reason=f"docker {arguments[0]}: {done.stderr.strip()}")
        return done.stdout


@contextlib.contextmanager
def docker_daemon(cache: Path) -> Iterator[DockerDaemon]:
    """Run a daemon until the end of the block. Delete its data afterwards.

    :param cache: the folder for fetched programs.
    :raises DockerUnavailable: if no daemon can run here.
    """
    if os.geteuid() != 0:
        raise DockerUnavailable(reason="it must be started by root")
    path = _path_with_dockerd(cache)
    # The path of a socket has at most 107 bytes. Temporary folders of tests have longer paths.
    folder = Path(tempfile.mkdtemp(prefix="dockerd-"))
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                *("dockerd", *_FLAGS),
                *("--data-root", str(folder / "data"), "--exec-root", str(folder / "exec")),
                *("--pidfile", str(folder / "pid"), "--host", f"unix://{folder / 'socket'}"),
            ],
            env={**os.environ, "PATH": path},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        daemon = DockerDaemon(socket=folder / "socket", path=path)
        _wait_for(daemon, process, log)
        yield daemon
    finally:
        process.terminate()  # the daemon first ends its containers and containerd
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(STOP_SECONDS)
        _unmount_below(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _unmount_below(folder: Path) -> None:
    """Unmount what the daemon leaves mounted: the network namespace of ``--network host`` containers."""
    for line in Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines():
        mounted = Path(line.split()[1])
        if folder in mounted.parents:
            subprocess.run(["umount", str(mounted)], capture_output=True, check=False)


def _path_with_dockerd(cache: Path) -> str:
    path = os.environ.get("PATH", "")
    if all(shutil.which(name, path=path) for name in ("dockerd", "docker")):
        return path
    fetched = made_once(cache / "docker" / "debian", _fetch)
    return os.pathsep.join([path, str(fetched / "usr" / "sbin"), str(fetched / "usr" / "bin")])


def _fetch(folder: Path) -> None:
    missing = [name for name in ("apt-get", "dpkg") if not shutil.which(name)]
    if missing:
        raise DockerUnavailable(
            reason=f"dockerd is not on PATH, and it cannot be fetched without {' and '.join(missing)}"
        )
    with tempfile.TemporaryDirectory() as downloads:
        _run("apt-get", "download", *PACKAGES, folder=downloads)
        for package in sorted(Path(downloads).glob("*.deb")):
            _run("dpkg", "-x", str(package), str(folder), folder=downloads)


def _run(*command: str, folder: str) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise DockerUnavailable(reason=f"{' '.join(command)} failed: {done.stderr.strip()}")


def _wait_for(daemon: DockerDaemon, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            daemon.docker("version")
        except DockerUnavailable:
            if process.poll() is not None or time.monotonic() > deadline:
                tail = "\n".join(log.read_text(errors="replace").splitlines()[-_LOG_TAIL_LINES:])
                raise DockerUnavailable(reason=f"dockerd does not start:\n{tail}") from None
            time.sleep(0.1)
        else:
            return
