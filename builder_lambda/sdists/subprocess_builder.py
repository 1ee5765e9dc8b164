"""Builds wheels in subprocesses of this machine. No other module runs the code of packages.

That code gets its own environment variables (``variables.py``): no credentials of AWS, no logins of indexes, another
home. Its parent process is ``supervisor.py``, which has the same variables and ends what a build leaves. It runs as the
same user, so only a separate function or a container protects the rest of a machine. Build requirements are installed
from wheels, which runs no code.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import tempfile
import time
import warnings
from pathlib import Path
from typing import IO, TYPE_CHECKING

import uv
from build import BuildBackendException, BuildException, ProjectBuilder

from builder_lambda.bytecode.interpreter import find_interpreter
from builder_lambda.contract.bounds import SOURCE_BUILD_FILE_BYTES
from builder_lambda.contract.program_environment import environment_for
from builder_lambda.contract.urls import has_credentials, without_credentials
from builder_lambda.errors.builder_function import InterpreterMissing
from builder_lambda.errors.sdists import (
    InvalidSdist,
    SourceBuildNeedsDisk,
    SourceBuildNeedsInterpreter,
    SourceBuildTimedOut,
)
from builder_lambda.ports.source_build import BuiltWheel, SourceBuildBroken
from builder_lambda.sdists import supervisor
from builder_lambda.sdists.toolchains import NoToolchain
from builder_lambda.sdists.unpacking import DISK_FULL, unpack_sdist
from builder_lambda.sdists.variables import build_variables
from builder_lambda.sdists.zig import locked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from builder_lambda.archive.mapped_memory import WheelBytes
    from builder_lambda.indexes.settings import IndexSettings
    from builder_lambda.ports.source_build import SourceDistribution
    from builder_lambda.sdists.toolchains import Toolchain

_COMPILED = frozenset(
    {".c", ".cc", ".cpp", ".cxx", ".h", ".hpp", ".pyx", ".pxd", ".s", ".i", ".rs", ".f", ".f90", ".cmake"}
)
"""Suffixes of sources for a compiler. An sdist without such files is first built without a compiler: most are plain
Python, and the compiler is a hundred times their size."""

LONGEST_BUILD_SECONDS = 1800
"""How long all programs of one build may run together. A function may run for half of it (AWS: "Lambda quotas"). A
build that takes longer mostly waits for something that never comes."""

_LONGEST_OUTPUT = 16_000_000
"""Bytes of the output of one program that a log keeps, from its end. Output is held in memory."""

_LINES_OF_LOG = 30
"""Lines of the log in the error of a build that ran out of time."""

_SECONDS_TO_END = 5.0
"""How long the supervisor may take to end the processes of a build. It takes milliseconds."""


class SubprocessWheelBuilder:
    """See :class:`~builder_lambda.ports.ports.WheelBuilder`."""

    def __init__(
        self, folder: Path, toolchain: Toolchain, settings: IndexSettings, *, seconds: float = LONGEST_BUILD_SECONDS
    ) -> None:
        """Build below ``folder`` with the compiler of ``toolchain``.

        :param settings: the index of build requirements. Its logins are not used.
        :param seconds: how long one build may take.
        """
        self._seconds = seconds
        self._folder = folder
        self._toolchain = toolchain
        self._settings = settings

    def build(self, source: SourceDistribution, content: WheelBytes) -> BuiltWheel:
        """See :class:`~builder_lambda.ports.ports.WheelBuilder`."""
        try:
            interpreter = find_interpreter(source.target.python_version)
        except InterpreterMissing as error:
            raise SourceBuildNeedsInterpreter(
                package=source.name,
                version=source.version,
                target=str(source.target),
                missing=f"there is no CPython {source.target.python_version} here",
                log_end="\n".join(error.details),
            ) from error
        # Always the same folder: paths that a compiler writes in spite of -ffile-prefix-map are equal on one machine.
        work = (self._folder / f"{source.sha256[:16]}-{source.target.slug}").absolute()
        build = _Build(work, source, interpreter.path, self._settings, self._seconds)
        supervisor.hide_this_process()
        with locked(work):
            try:
                if not build.unpack(content):
                    without = NoToolchain()
                    try:
                        return build.run(without)
                    except SourceBuildBroken:
                        if not without.was_missed:
                            raise
                    build.unpack(content)
                return build.run(self._toolchain)
            except OSError as error:
                if error.errno not in DISK_FULL:
                    raise
                raise SourceBuildNeedsDisk(
                    package=source.name,
                    version=source.version,
                    target=str(source.target),
                    missing="there is no room on the disk",
                    log_end=str(error),
                ) from error
            finally:
                shutil.rmtree(work, ignore_errors=True)


class _Build:
    """One build, in its own folder."""

    def __init__(
        self, work: Path, source: SourceDistribution, interpreter: str, settings: IndexSettings, seconds: float
    ) -> None:
        self._work = work
        self._source = source
        self._interpreter = interpreter
        self._settings = settings
        self._log: list[str] = []
        self._seconds = seconds
        self._ends_at = time.monotonic() + seconds

    def unpack(self, content: WheelBytes) -> bool:
        """Unpack the sdist into an empty folder. Return whether it has sources for a compiler.

        :raises InvalidSdist: if it is damaged or unsafe.
        """
        shutil.rmtree(self._work, ignore_errors=True)
        for name in ("home", "temporary", "wheel"):
            (self._work / name).mkdir(parents=True)
        archive, folder = self._work / self._source.filename, self._work / "source"
        archive.write_bytes(content)
        unpack_sdist(archive, folder)
        found = [path for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []
        if len(found) != 1:
            raise InvalidSdist(filename=archive.name, reason=f"it holds {len(found)} folders in place of one (PEP 625)")
        self._project = found[0]
        return any(path.suffix.lower() in _COMPILED for path in self._project.rglob("*"))

    def run(self, toolchain: Toolchain) -> BuiltWheel:
        """Build the unpacked sdist.

        :raises SourceBuildBroken: if the build makes no wheel.
        """
        self._log.clear()
        self._variables = build_variables(
            self._work,
            self._source.target,
            toolchain.prepare(self._source, self._work / "toolchain"),
            machine=platform.machine(),
            needed_to_start=environment_for("build", os.environ),
        )
        environment = self._work / "environment"
        self._uv("venv", "--python", self._interpreter, "--no-project", str(environment))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # advice for the authors of the package; the log has it
                builder = ProjectBuilder(self._project, str(environment / "bin/python"), runner=self._call)
                self._install(builder.build_system_requires)
                self._install(builder.get_requires_for_build("wheel"))
                wheel = Path(builder.build("wheel", self._work / "wheel"))
        except (BuildBackendException, BuildException) as error:
            if isinstance(error, BuildBackendException) and isinstance(error.exception, SourceBuildTimedOut):
                raise error.exception from error
            self._log.append(str(error))
            raise SourceBuildBroken("\n".join(self._log)) from error
        return BuiltWheel(filename=wheel.name, content=wheel.read_bytes())

    def _install(self, requirements: set[str]) -> None:
        if not requirements:
            return
        age = self._source.uploaded_before
        options = ["--exclude-newer", age.isoformat()] if age else []
        python = str(self._work / "environment/bin/python")
        self._uv("pip", "install", "--python", python, "--only-binary", ":all:", *options, *sorted(requirements))

    def _uv(self, *arguments: str) -> None:
        command = [uv.find_uv_bin(), *arguments[:1], "--no-config", "--no-progress", *arguments[1:]]
        self._run(command, self._work, self._variables_of_uv())

    def _variables_of_uv(self) -> dict[str, str]:
        """Return the environment variables of uv. It runs no code of packages, so it may know the index."""
        settings, environ = self._settings, self._settings.environ
        settings.check_order()
        variables = {**environment_for("uv-of-builds", environ), "PATH": "/usr/bin:/bin"}
        variables["HOME"] = str(self._work / "home")
        variables |= {"UV_CACHE_DIR": str(self._work / "uv-cache"), "UV_PYTHON_DOWNLOADS": "never"}
        if settings.index_url:
            variables["UV_DEFAULT_INDEX"] = without_credentials(settings.index_url)
        extra = [url for url in settings.extra_index_urls if not has_credentials(url)]
        if extra:
            variables["UV_INDEX"] = " ".join(extra)
        if settings.certificates:
            variables["SSL_CERT_FILE"] = settings.certificates
        return variables

    def _call(self, cmd: Sequence[str], cwd: str | None = None, extra_environ: Mapping[str, str] | None = None) -> None:
        """Call a hook of the build backend, with the signature of a runner of :mod:`pyproject_hooks`."""
        self._run(cmd, Path(cwd or self._work), {**self._variables, **(extra_environ or {})})

    def _run(self, command: Sequence[str], folder: Path, variables: Mapping[str, str]) -> None:
        """Run a program and wait for its end, not for that of processes which hold its output.

        :raises SourceBuildBroken: if it fails.
        :raises SourceBuildTimedOut: if the time of the build is over.
        """
        with tempfile.TemporaryFile() as output:
            running = subprocess.Popen(
                [self._interpreter, "-I", "-S", supervisor.__file__, str(SOURCE_BUILD_FILE_BYTES), *command],
                cwd=folder,
                env=dict(variables),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                status = running.wait(max(0.0, self._ends_at - time.monotonic()))
            except subprocess.TimeoutExpired as error:
                _end(running)
                self._log.append(_end_of(output))
                raise SourceBuildTimedOut(
                    package=self._source.name,
                    version=self._source.version,
                    target=str(self._source.target),
                    missing=f"it did not end within {self._seconds:g} s",
                    log_end="\n".join("\n".join(self._log).splitlines()[-_LINES_OF_LOG:]),
                ) from error
            finally:
                _end(running)
            self._log.append(_end_of(output))
        if status:
            raise SourceBuildBroken("\n".join([*self._log, f"{Path(command[0]).name} ended with status {status}"]))


def _end(running: subprocess.Popen[bytes]) -> None:
    """End a supervisor, and with it all processes of its build."""
    if running.poll() is None:
        running.terminate()
        try:
            running.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def _end_of(output: IO[bytes]) -> str:
    size = output.seek(0, os.SEEK_END)
    output.seek(max(0, size - _LONGEST_OUTPUT))
    return output.read(_LONGEST_OUTPUT).decode("utf-8", "replace")
