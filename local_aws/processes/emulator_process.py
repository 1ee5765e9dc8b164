"""The emulator as a process of this machine: start it, find it again, stop it."""

import contextlib
import http.client
import os
import shlex
import shutil
import subprocess
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import psutil

from local_aws.emulator.function_environment import reaches_network
from local_aws.emulator.settings import Settings
from local_aws.environments.cached_folder import exclusive
from local_aws.errors import EmulatorNotStarted
from local_aws.processes.pid_file import ProcessRecord
from local_aws.processes.port import HOST, kept_port

START_SECONDS = 60
STOP_SECONDS = 30
LOG_TAIL_LINES = 30


@dataclass(frozen=True, kw_only=True)
class EmulatorParts:
    """The environments of this machine that the emulator needs."""

    python: Path
    """The interpreter of ministack's own environment."""
    interpreters: Mapping[str, Path]
    """Runtime -> the Python that runs its functions."""
    visible: tuple[Path, ...]
    """Installations that functions must be able to read."""


@dataclass(frozen=True, kw_only=True)
class Emulator:
    """One embedded AWS. Its whole state is in `folder`."""

    folder: Path
    parts: EmulatorParts
    use_namespace: bool = True
    """Give each function its own file system if the kernel permits it."""
    permission_seconds: float = 0
    """How long a new policy of a role does not hold yet. On AWS, some seconds."""

    @property
    def log(self) -> Path:
        """The log file, with the output of the emulator and of its functions."""
        return self.folder / "emulator.log"

    @property
    def runtimes(self) -> tuple[str, ...]:
        """The Lambda runtimes that it can run, oldest first."""
        return tuple(self.parts.interpreters)

    @property
    def endpoint(self) -> str:
        """The URL of every service. It answers once `start` has returned.

        :raises FileNotFoundError: if it was never started.
        """
        return f"http://{HOST}:{self._port_file.read_text(encoding='ascii').strip()}"

    @property
    def has_endpoint(self) -> bool:
        """Whether it was ever started. If so, `endpoint` is known even while it is stopped."""
        return self._port_file.is_file()

    @property
    def _port_file(self) -> Path:
        return self.folder / "port"

    @property
    def _pid_file(self) -> Path:
        return self.folder / "process.json"

    @property
    def _generation_file(self) -> Path:
        return self.folder / "state" / "generation"

    def is_running(self) -> bool:
        """Return whether its process runs and answers."""
        return self._process() is not None and self._answers()

    def generation(self) -> str:
        """Return the id of the current state. It changes only when all state is lost.

        A caller that has stored another id has records of resources that no longer exist.

        :raises FileNotFoundError: if it was never started.
        """
        return self._generation_file.read_text(encoding="ascii")

    def start(self) -> bool:
        """Start it unless it runs already, and wait until it answers. Return whether it was started.

        Remains of a crash are removed first. The state is that of the last answer, even after a kill.

        :raises EmulatorNotStarted: with the end of its log.
        """
        with exclusive(self.folder / "start.lock"):
            if self.is_running():
                return False
            self._stop()  # the process may live without answering
            port = kept_port(self._port_file)
            self._generation_file.parent.mkdir(exist_ok=True)
            if not self._generation_file.exists():
                self._generation_file.write_text(uuid.uuid4().hex, encoding="ascii")
            self._wait(self._launch(port))
            return True

    def stop(self) -> bool:
        """Stop it. Its state is saved. Return whether it was running."""
        if not self.folder.is_dir():
            return False
        with exclusive(self.folder / "start.lock"):
            return self._stop()

    def remove(self) -> None:
        """Stop it and delete its state."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _stop(self) -> bool:
        record = ProcessRecord.read(self._pid_file)
        alive = record is not None and record.stop(patience_seconds=STOP_SECONDS)
        self._pid_file.unlink(missing_ok=True)
        return alive

    def _process(self) -> psutil.Process | None:
        record = ProcessRecord.read(self._pid_file)
        return record.process() if record else None

    def _launch(self, port: int) -> ProcessRecord:
        temporary = self.folder / "tmp"
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir()
        command = [str(self.parts.python), "-P", "-m", "local_aws.emulator"]
        # The shell ends at once. So the emulator is not our child and outlives us; init reaps it when it ends.
        started = subprocess.run(
            ["/bin/sh", "-c", f"{shlex.join(command)} >>{shlex.quote(str(self.log))} 2>&1 </dev/null & echo $!"],
            env=self._environment(port, temporary),
            cwd=self.folder,
            stdout=subprocess.PIPE,
            start_new_session=True,
            check=True,
        )
        try:
            record = ProcessRecord.of(int(started.stdout))
        except psutil.NoSuchProcess:
            self._fail("it ended at once")
        record.write(self._pid_file)
        return record

    def _environment(self, port: int, temporary: Path) -> dict[str, str]:
        """Return its variables. Those of the caller are kept only for the package index, for functions that build."""
        settings = Settings(
            functions=self.folder / "functions",
            interpreters=self.parts.interpreters,
            visible=self.parts.visible,
            use_namespace=self.use_namespace,
            permission_seconds=self.permission_seconds,
        )
        return {
            **{name: value for name, value in os.environ.items() if reaches_network(name)},
            "PATH": os.defpath,
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(Path(__file__).resolve().parent.parent.parent),
            "PYTHONUNBUFFERED": "1",
            "BIND_HOST": HOST,
            "MINISTACK_HOST": HOST,
            "GATEWAY_PORT": str(port),
            "AUTH": "true",
            "PERSIST_STATE": "1",
            "S3_PERSIST": "1",
            "STATE_DIR": str(self.folder / "state"),
            "S3_DATA_DIR": str(self.folder / "s3"),
            "TMPDIR": str(temporary),
            # No container engine: it would be slower, and ministack would remove containers that are not ours.
            "LAMBDA_EXECUTOR": "local",
            "DOCKER_HOST": f"unix://{temporary}/no-docker.sock",
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            **settings.to_environ(),
        }

    def _wait(self, record: ProcessRecord) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if record.process() is None:
                self._fail("it ended")
            if time.monotonic() > deadline:
                self._stop()
                self._fail(f"it did not answer within {START_SECONDS} seconds")
            time.sleep(0.05)

    def _fail(self, reason: str) -> NoReturn:
        self._pid_file.unlink(missing_ok=True)
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        raise EmulatorNotStarted(reason=reason, log=self.log, tail="\n".join(lines[-LOG_TAIL_LINES:]))

    def _answers(self) -> bool:
        try:
            port = int(self._port_file.read_text(encoding="ascii"))
            connection = http.client.HTTPConnection(HOST, port, timeout=5)
            with contextlib.closing(connection):
                connection.request("GET", "/_ministack/health")
                return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, ValueError, http.client.HTTPException):
            return False
