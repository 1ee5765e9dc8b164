"""Run Pulumi on a project against the embedded AWS.

The command line is the same as for AWS. No file of the project is changed: a copy of the stack's config gets the
settings that hold for this machine only.
"""

import contextlib
import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import yaml

from local_aws.environments.command import run
from local_aws.environments.folders import Folders
from local_aws.errors import InvalidStackConfig, ProjectNotFound
from local_aws.processes.emulator_process import Emulator
from local_aws.pulumi_engine.environment import local_environment
from local_aws.pulumi_engine.pulumi_arguments import DEFAULT_STACK, PulumiArguments
from local_aws.pulumi_engine.pulumi_cli import PulumiCli
from local_aws.pulumi_engine.stack_config import DEFAULT_ACCOUNT, Config, account_of, local_config

RECOVERY = ("--refresh", "--run-program")
"""Options for a deployment that refreshes first, against the current endpoint.

Without `--run-program`, a refresh uses the endpoint of the last deployment.
"""


@dataclass(frozen=True, kw_only=True)
class Project:
    """A Pulumi project: a folder with a Pulumi.yaml."""

    folder: Path
    name: str
    runtime: object

    @classmethod
    def containing(cls, folder: Path) -> "Project":
        """Return the project of `folder`: the nearest Pulumi.yaml in it or above it.

        :raises ProjectNotFound: if there is no such file.
        """
        for place in (folder, *folder.parents):
            for name in ("Pulumi.yaml", "Pulumi.yml"):
                if (path := place / name).is_file():
                    document = _read_yaml(path)
                    return cls(folder=place, name=str(document.get("name")), runtime=document.get("runtime"))
        raise ProjectNotFound(folder=folder)


@dataclass(frozen=True, kw_only=True)
class PulumiCall:
    """A Pulumi command that is ready to run."""

    command: tuple[str, ...]
    environ: Mapping[str, str]
    folder: Path
    """The working directory."""

    def run(self) -> int:
        """Run it with its output on the terminal. Return its exit status."""
        return subprocess.run(self.command, env=self.environ, cwd=self.folder, check=False).returncode

    def output(self) -> str:
        """Run it and return its output.

        :raises CommandFailed: if it fails, with the end of its output.
        """
        purpose = f"run pulumi {' '.join(self.command[1:])}"
        return run(*self.command, purpose=purpose, environ=self.environ, cwd=self.folder)


@dataclass(frozen=True, kw_only=True)
class LocalPulumi:
    """Pulumi with its own backend, on one embedded AWS."""

    folders: Folders
    cli: PulumiCli
    emulator: Emulator

    def call(
        self,
        *words: str,
        cwd: Path,
        stack: str | None = None,
        config: Mapping[str, Any] | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> PulumiCall:
        """Return the call of `pulumi *words`. Start the emulator, write the config and make the stack as needed.

        :param cwd: its project is used, unless `words` has --cwd.
        :param stack: overrides --stack in `words` and PULUMI_STACK. The default is `local`.
        :param config: overrides the stack's config. Keys have their namespace, values are as in YAML.
            `aws:accessKey` selects the account.
        :param environ: the caller's variables. Those that could reach a real account are removed.
        :raises ProjectNotFound: if the command needs a project and there is none.
        :raises InvalidStackConfig: if a config file cannot be read.
        """
        environ = os.environ if environ is None else environ
        arguments = PulumiArguments.parse(words)
        folder = (cwd / arguments.folder).resolve() if arguments.folder else cwd
        if arguments.deploys:
            self.emulator.start()
        if not arguments.needs_stack:
            ours = arguments.with_options(stack=stack or arguments.stack)
            ours += ("--preserve-config",) if arguments.removes_stack else ()
            return self._ready(ours, folder, environ, DEFAULT_ACCOUNT)
        name = stack or arguments.stack_name(environ)
        project = Project.containing(folder)
        committed = arguments.config_file
        document = self._local_config(project, name, folder / committed if committed else None, config or {})
        path = self._write_config(project, name, document)
        environ = {**environ, "PULUMI_STACK": name}
        account = account_of(document)
        self._make_stack(project, name, environ, account)
        self._remove_stale_locks(project, name)
        option = {"config_file": str(path)} if arguments.takes_config_file else {}
        return self._ready(arguments.with_options(**option), folder, environ, account)

    def has_stack(self, *, cwd: Path, stack: str = DEFAULT_STACK) -> bool:
        """Return whether a stack of the project at `cwd` exists in the local backend."""
        return self._state(Project.containing(cwd), stack).is_file()

    def has_lost_state(self, *, cwd: Path, stack: str = DEFAULT_STACK) -> bool:
        """Return whether the emulator has lost the resources that Pulumi has recorded.

        If so, the next `refresh` or `up` needs `RECOVERY`, and `accept_state` after it.
        """
        kept = self._accepted(cwd, stack)
        return bool(kept) and kept[0] != self.emulator.generation()

    def has_moved(self, *, cwd: Path, stack: str = DEFAULT_STACK) -> bool:
        """Return whether the emulator's endpoint has changed since the last deployment. That needs `RECOVERY` too."""
        kept = self._accepted(cwd, stack)
        return bool(kept) and kept[1:] != [self.emulator.endpoint]

    def accept_state(self, *, cwd: Path, stack: str = DEFAULT_STACK) -> None:
        """Record that Pulumi's state matches the emulator's current state and endpoint."""
        path = self._generation(Project.containing(cwd), stack)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{self.emulator.generation()} {self.emulator.endpoint}", encoding="ascii")

    def forget(self, *, cwd: Path, stack: str = DEFAULT_STACK) -> None:
        """Delete Pulumi's record of a stack, whatever is deployed.

        :raises CommandFailed: if Pulumi fails.
        """
        self.call("stack", "rm", stack, "--force", "--yes", cwd=cwd).output()
        self._generation(Project.containing(cwd), stack).unlink(missing_ok=True)

    def _accepted(self, cwd: Path, stack: str) -> list[str]:
        path = self._generation(Project.containing(cwd), stack)
        return path.read_text(encoding="ascii").split() if path.is_file() else []

    def _ready(self, words: tuple[str, ...], folder: Path, environ: Mapping[str, str], account: str) -> PulumiCall:
        (self.folders.pulumi / "backend").mkdir(parents=True, exist_ok=True)
        environment = local_environment(
            self.folders,
            endpoint=self.emulator.endpoint if self.emulator.has_endpoint else "",
            account=account,
            search_path=self.cli.search_path,
            environ=environ,
        )
        return PulumiCall(command=(str(self.cli.executable), *words), environ=environment, folder=folder)

    def _place(self, project: Project) -> Path:
        return self.folders.pulumi / "projects" / project.name

    def _config_file(self, project: Project, stack: str) -> Path:
        return self._place(project) / f"Pulumi.{stack}.yaml"

    def _generation(self, project: Project, stack: str) -> Path:
        return self._place(project) / f"{stack}.generation"

    def _state(self, project: Project, stack: str) -> Path:
        return self.folders.pulumi / "backend" / ".pulumi" / "stacks" / project.name / f"{stack}.json"

    def _local_config(self, project: Project, stack: str, committed: Path | None, extra: Mapping[str, Any]) -> Config:
        path = committed or project.folder / f"Pulumi.{stack}.yaml"
        earlier = self._config_file(project, stack)
        return local_config(
            _read_yaml(path) if committed or path.is_file() else {},
            endpoint=self.emulator.endpoint if self.emulator.has_endpoint else "",
            runtimes=self.emulator.runtimes[-1:] if stack == DEFAULT_STACK else (),
            extra=extra,
            salt=_read_yaml(earlier).get("encryptionsalt") if earlier.is_file() else None,
        )

    def _write_config(self, project: Project, stack: str, document: Config) -> Path:
        place = self._place(project)
        place.mkdir(parents=True, exist_ok=True)
        # A project of the same name, to make stacks in: Pulumi writes the salt of a new stack into its config file.
        description = yaml.safe_dump({"name": project.name, "runtime": project.runtime})
        (place / "Pulumi.yaml").write_text(description, encoding="utf-8")
        path = self._config_file(project, stack)
        path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
        return path

    def _make_stack(self, project: Project, stack: str, environ: Mapping[str, str], account: str) -> None:
        if self._state(project, stack).is_file():
            return
        words = ("stack", "select", "--create", stack, "--non-interactive")
        self._ready(words, self._place(project), environ, account).output()

    def _remove_stale_locks(self, project: Project, stack: str) -> None:
        """Delete the locks of killed Pulumi processes."""
        locks = self.folders.pulumi / "backend" / ".pulumi" / "locks" / "organization" / project.name / stack
        for path in locks.glob("*.json"):
            with contextlib.suppress(OSError, ValueError, KeyError):
                if not _is_held(path):
                    path.unlink()


def _is_held(lock: Path) -> bool:
    """Return whether the process that wrote `lock` still lives. A later process may have the same id."""
    try:
        began = psutil.Process(json.loads(lock.read_text(encoding="utf-8"))["pid"]).create_time()
    except psutil.NoSuchProcess:
        return False
    return began <= lock.stat().st_mtime


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidStackConfig(path=path, reason=error.strerror or str(error)) from error
    except yaml.YAMLError as error:
        raise InvalidStackConfig(path=path, reason=f"it is not YAML: {error}") from error
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise InvalidStackConfig(path=path, reason="it is not a mapping")
    return document
