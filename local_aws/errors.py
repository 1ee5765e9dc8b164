"""The errors of the local tools, each with a stable code."""

from pathlib import Path
from typing import ClassVar


class LocalAwsError(Exception):
    """A problem that the user can fix. The text says what happened and what to do next."""

    code: ClassVar[str] = "local-aws"


class CommandFailed(LocalAwsError):
    """A program that the set-up needs ended with an error."""

    code = "command-failed"

    def __init__(self, *, purpose: str, command: tuple[str, ...], exit_status: int, output: str) -> None:
        """Store the command and its purpose. `output` is the last part of what it printed."""
        self.purpose = purpose
        self.command = command
        self.exit_status = exit_status
        self.output = output
        super().__init__(
            f"could not {purpose}: {command[0]!r} ended with status {exit_status}.\n"
            f"{output.rstrip()}\nFix the cause, then run the same command again. No partial result was kept."
        )


class PulumiUnavailable(LocalAwsError):
    """No Pulumi of the pinned version was found, and none could be installed or built."""

    code = "pulumi-unavailable"

    def __init__(self, *, version: str, reasons: tuple[str, ...]) -> None:
        """Store the reason why each way to get Pulumi failed."""
        self.version = version
        self.reasons = reasons
        tried = "\n".join(f"  - {reason}" for reason in reasons)
        super().__init__(
            f"Pulumi {version} is needed, but every way to get it failed:\n{tried}\n"
            f"Install Pulumi {version}, or Go 1.25 or newer, put it on PATH, and run the same command again."
        )


class NoInterpreter(LocalAwsError):
    """The machine has no Python that can run a function of a supported runtime."""

    code = "no-interpreter"

    def __init__(self) -> None:
        """Name the versions that can be used."""
        super().__init__(
            "found no working Python of a Lambda runtime. "
            "Put one of python3.11, python3.12, python3.13 or python3.14 on PATH."
        )


class EmulatorNotStarted(LocalAwsError):
    """The embedded AWS ended or did not answer after its start."""

    code = "emulator-not-started"

    def __init__(self, *, reason: str, log: Path, tail: str) -> None:
        """Store the reason. The message has the end of the log, which usually shows the cause."""
        self.reason = reason
        self.log = log
        super().__init__(
            f"the embedded AWS did not start: {reason}. The end of its log ({log}):\n{tail.rstrip()}\n"
            "If its saved state is the cause, `make down` or removing the folder .local/aws resets it."
        )


class ProjectNotFound(LocalAwsError):
    """The working directory is not in a Pulumi project."""

    code = "project-not-found"

    def __init__(self, *, folder: Path) -> None:
        """Store the folder where the search began."""
        self.folder = folder
        super().__init__(
            f"no Pulumi.yaml in {str(folder)!r} or a folder above it. "
            "Change to the folder of a Pulumi project, or name it with --cwd."
        )


class InvalidStackConfig(LocalAwsError):
    """Pulumi would not accept a stack's config file."""

    code = "invalid-stack-config"

    def __init__(self, *, path: Path, reason: str) -> None:
        """Store the file and what is wrong with it."""
        self.path = path
        self.reason = reason
        super().__init__(f"{str(path)!r} cannot be used as a stack's config: {reason}. Correct the file.")
