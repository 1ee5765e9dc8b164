"""Docker or Podman, as far as a build needs them: pulls an image, and runs a container with a time limit.

Both have the same command line for what is used here. A container gets no environment, no credentials and no
capabilities from the process that starts it. It runs as the same user, so that its files in a mounted folder can be
removed again.
"""

import json
import os
import shutil
import subprocess
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from builder_lambda.contract.program_environment import environment_for
from builder_lambda.contract.targets import Architecture
from builder_lambda.errors.hosts import (
    ContainerEngineMissing,
    ContainerEngineUnreachable,
    ContainerFailed,
    ContainerKilled,
    ContainerPlatformUnsupported,
    ContainerTimedOut,
    ImageNotPulled,
    ImageUnusable,
)

PROGRAMS = ("docker", "podman")

_PLATFORMS: Mapping[str, str] = {"x86_64": "linux/amd64", "arm64": "linux/arm64"}
_ARCHITECTURES: Mapping[str, Architecture] = {
    "x86_64": "x86_64",
    "amd64": "x86_64",
    "aarch64": "arm64",
    "arm64": "arm64",
}
_KILLED = 137  # 128 + SIGKILL
_NOT_STARTED = (125, 126, 127)  # of the engine, of a program that does not run, of one that is not there
_OTHER_PLATFORM = ("exec format error", "does not match the specified platform", "does not match the detected host")
_ONE_PULL = threading.Lock()


@dataclass(frozen=True, kw_only=True)
class Mount:
    """A folder (or a file) of this machine, as a container has it."""

    folder: Path
    at: str
    """Absolute path in the container."""

    writable: bool = False

    @property
    def option(self) -> str:
        """The mount as ``--mount`` takes it."""
        return f"type=bind,source={self.folder},target={self.at}" + ("" if self.writable else ",readonly")


@dataclass(frozen=True, kw_only=True)
class ContainerEngine:
    """An engine that answers."""

    program: str
    """Path of ``docker`` or ``podman``."""

    architecture: Architecture
    """What its containers run on without emulation."""

    is_rootless: bool = False
    """Whether root in a container is the user who starts it."""

    @classmethod
    def find(cls, environ: Mapping[str, str] = os.environ) -> "ContainerEngine":
        """Return the first engine on PATH that answers, Docker before Podman.

        :raises ContainerEngineMissing: if there is none.
        :raises ContainerEngineUnreachable: if none answers.
        """
        paths = [path for name in PROGRAMS if (path := shutil.which(name, path=environ.get("PATH")))]
        if not paths:
            raise ContainerEngineMissing(programs=PROGRAMS)
        complaints = []
        for path in paths:
            done = _call(path, "info", "--format", "{{json .}}")
            facts = _facts(done.stdout)
            if done.returncode == 0 and facts and not facts.get("ServerErrors"):
                return cls(program=path, architecture=_architecture(facts), is_rootless=_is_rootless(facts))
            complaints.append(f"{path}: {_said(done) or facts.get('ServerErrors') or 'no answer'}")
        raise ContainerEngineUnreachable(detail="\n".join(complaints))

    def image_id(self, image: str, architecture: Architecture, report: Callable[[str], None]) -> str:
        """Return the id of an image, which is pulled if it is not here.

        :param report: called before a pull begins, which may take minutes.
        :raises ImageNotPulled: if it is not here and cannot be had.
        """
        with _ONE_PULL:
            found = self._local_image(image, architecture)
            if found is None:
                report(f"pulling {image} for {_PLATFORMS[architecture]}, once; it may be half a gigabyte")
                platform = _PLATFORMS[architecture]
                done = _call(self.program, "pull", "--quiet", "--platform", platform, image)
                found = self._local_image(image, architecture) if done.returncode == 0 else None
                if found is None:
                    raise ImageNotPulled(image=image, platform=platform, detail=_said(done))
        return found

    def run(
        self,
        image: str,
        command: Sequence[str],
        *,
        architecture: Architecture,
        mounts: Sequence[Mount] = (),
        environ: Mapping[str, str] | None = None,
        stdin: bytes = b"",
        network: str | None = "none",
        timeout_seconds: int = 900,
    ) -> bytes:
        """Run a program in a container that is removed afterwards, and return what it printed.

        The image must be here (:meth:`image_id`). The container has this user's id, no capabilities, a ``HOME`` that
        can be written, and nothing of this process's environment.

        :param network: as ``--network`` takes it; ``None`` for the engine's default.
        :raises LayerError: of ``host_errors``, where it does not end with status 0.
        """
        name = f"python-layers-{uuid.uuid4().hex}"
        variables = {"HOME": "/tmp", **(environ or {})}  # noqa: S108 - of the container
        options = [
            *("--rm", "--interactive", "--pull", "never", "--name", name),
            *("--platform", _PLATFORMS[architecture], "--entrypoint", command[0]),
            *("--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--security-opt", "label=disable"),
            *self._user(),
            *(("--network", network) if network else ()),
            *(word for key, value in variables.items() for word in ("--env", f"{key}={value}")),
            *(word for mount in mounts for word in ("--mount", mount.option)),
        ]
        try:
            done = _call(self.program, "run", *options, image, *command[1:], stdin=stdin, timeout=timeout_seconds)
        except subprocess.TimeoutExpired as error:
            raise ContainerTimedOut(image=image, timeout_seconds=timeout_seconds) from error
        finally:
            # It is gone already, unless the wait for it was ended: by the time limit, or by whoever ends this process.
            _call(self.program, "rm", "--force", name)
        if done.returncode:
            _raise_failure(done, image, command[0], _PLATFORMS[architecture])
        return done.stdout

    def _local_image(self, image: str, architecture: Architecture) -> str | None:
        done = _call(self.program, "image", "inspect", "--format", "{{.Id}} {{.Architecture}}", image)
        identifier, _, found = done.stdout.decode().strip().partition(" ")
        return identifier if done.returncode == 0 and _ARCHITECTURES.get(found) == architecture else None

    def _user(self) -> tuple[str, ...]:
        if not hasattr(os, "getuid"):
            return ()
        if not self.is_rootless:
            return ("--user", f"{os.getuid()}:{os.getgid()}")
        # Rootless, root in the container is this user, and any other id is one that may not remove what it leaves.
        return ("--user", "0:0")


def _call(
    program: str, *arguments: str, stdin: bytes = b"", timeout: int | None = None
) -> "subprocess.CompletedProcess[bytes]":
    try:
        return subprocess.run(
            [program, *arguments],
            env=environment_for("engine", os.environ),
            input=stdin,
            capture_output=True,
            check=False,
            timeout=timeout,
        )
    except OSError as error:
        return subprocess.CompletedProcess([program, *arguments], _NOT_STARTED[0], b"", str(error).encode())


def _said(done: "subprocess.CompletedProcess[bytes]") -> str:
    return done.stderr.decode(errors="replace").strip()


def _facts(text: bytes) -> dict[str, Any]:
    try:
        facts = json.loads(text)
    except ValueError:
        return {}
    return facts if isinstance(facts, dict) else {}


def _architecture(facts: Mapping[str, Any]) -> Architecture:
    """Read it where Docker (``Architecture``) or Podman (``host.arch``) has it."""
    name = str(facts.get("Architecture") or facts.get("host", {}).get("arch") or "")
    return _ARCHITECTURES.get(name, "x86_64")


def _is_rootless(facts: Mapping[str, Any]) -> bool:
    if "host" in facts:
        return bool(facts["host"].get("security", {}).get("rootless"))
    return any("rootless" in option for option in facts.get("SecurityOptions") or ())


def _raise_failure(done: "subprocess.CompletedProcess[bytes]", image: str, program: str, platform: str) -> NoReturn:
    said = _said(done)
    if any(words in said for words in _OTHER_PLATFORM):
        raise ContainerPlatformUnsupported(platform=platform, detail=said)
    if done.returncode == _KILLED:
        raise ContainerKilled(image=image, detail=said)
    if done.returncode in _NOT_STARTED and "not found" in said:
        raise ImageUnusable(image=image, program=program, detail=said)
    raise ContainerFailed(image=image, status=done.returncode, detail=said)
