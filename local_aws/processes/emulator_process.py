"""The emulator as a process of this machine: started, found again, stopped."""

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
    """What it is made of, on this machine."""

    python: Path
    """The interpreter of ministack's own environment."""
    interpreters: Mapping[str, Path]
    """Runtime -> the Python that runs its functions."""
    visible: tuple[Path, ...]
    """Installations that functions must be able to read."""


@dataclass(frozen=True, kw_only=True)
class Emulator:
    """One embedded AWS, whose whole state lies in `folder`."""

    folder: Path
    parts: EmulatorParts
    use_namespace: bool = True
    """Give functions a file system of their own where the kernel lets us."""

    @property
    def log(self) -> Path:
        """What it and its functions print."""
        return self.folder / "emulator.log"

    @property
    def runtimes(self) -> tuple[str, ...]:
        """The Lambda runtimes whose functions it can run, oldest first."""
        return tuple(self.parts.interpreters)

    @property
    def endpoint(self) -> str:
        """The URL of every service. It answers after `start`.

        :raises FileNotFoundError: if it was never started.
        """
        return f"http://{HOST}:{self._port_file.read_text(encoding='ascii').strip()}"

    @property
    def has_endpoint(self) -> bool:
        """Whether it was ever started, so that `endpoint` is known even while it is down."""
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
        """Tell whether it answers."""
        return self._process() is not None and self._answers()

    def generation(self) -> str:
        """Return what changes when, and only when, all state is lost: who kept the old one holds records of nothing.

        :raises FileNotFoundError: if it was never started.
        """
        return self._generation_file.read_text(encoding="ascii")

    def start(self) -> bool:
        """Make it run and answer; returns whether that needed a start.

        What a crash left behind is cleared away first. The state is that of its last answer, even after a kill.

        :raises EmulatorNotStarted: with the end of its log.
        """
        with exclusive(self.folder / "start.lock"):
            if self.is_running():
                return False
            self._stop()  # alive, but deaf
            port = kept_port(self._port_file)
            self._generation_file.parent.mkdir(exist_ok=True)
            if not self._generation_file.exists():
                self._generation_file.write_text(uuid.uuid4().hex, encoding="ascii")
            self._wait(self._launch(port))
            return True

    def stop(self) -> bool:
        """End it, with its state written; returns whether it was running."""
        if not self.folder.is_dir():
            return False
        with exclusive(self.folder / "start.lock"):
            return self._stop()

    def remove(self) -> None:
        """End it, and forget all that it holds."""
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
        # A shell that ends at once makes it nobody's child: it outlives us, and whoever adopts it sees to its end.
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
        """Nothing of the caller's but the way to the package index, which functions that build need as well."""
        settings = Settings(
            functions=self.folder / "functions",
            interpreters=self.parts.interpreters,
            visible=self.parts.visible,
            use_namespace=self.use_namespace,
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
            # Never a container engine: it would be slower, and sweep containers that are not ours.
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
