"""What can go wrong between a person, their machine and the embedded AWS."""

from pathlib import Path
from typing import ClassVar


class LocalAwsError(Exception):
    """A problem that a person can act on; its text says what happened and what to do next."""

    code: ClassVar[str] = "local-aws"


class CommandFailed(LocalAwsError):
    """A program that the set-up needs has ended with an error."""

    code = "command-failed"

    def __init__(self, *, purpose: str, command: tuple[str, ...], exit_status: int, output: str) -> None:
        """Keep what was run, and why; `output` is the tail of what it printed."""
        self.purpose = purpose
        self.command = command
        self.exit_status = exit_status
        self.output = output
        super().__init__(
            f"could not {purpose}: {command[0]!r} ended with status {exit_status}.\n"
            f"{output.rstrip()}\nPut right what it says, then run the same command again: nothing half-made is kept."
        )


class PulumiUnavailable(LocalAwsError):
    """There is no Pulumi of the pinned version, and no way to get one."""

    code = "pulumi-unavailable"

    def __init__(self, *, version: str, reasons: tuple[str, ...]) -> None:
        """Keep why each of the ways to a Pulumi was closed."""
        self.version = version
        self.reasons = reasons
        tried = "\n".join(f"  - {reason}" for reason in reasons)
        super().__init__(
            f"Pulumi {version} is needed, and could not be had:\n{tried}\n"
            f"Install Pulumi {version}, or Go 1.25 or newer, put it on PATH, and run the same command again."
        )


class NoInterpreter(LocalAwsError):
    """No Python that could run a function of a supported runtime was found."""

    code = "no-interpreter"

    def __init__(self) -> None:
        """Say which ones would do."""
        super().__init__(
            "no Python that runs and is one of Lambda's runtimes was found. "
            "Put one of python3.11, python3.12, python3.13 or python3.14 on PATH."
        )


class EmulatorNotStarted(LocalAwsError):
    """The embedded AWS ended, or did not answer, after it was started."""

    code = "emulator-not-started"

    def __init__(self, *, reason: str, log: Path, tail: str) -> None:
        """Keep the reason, and the end of the log, which mostly tells the cause."""
        self.reason = reason
        self.log = log
        super().__init__(
            f"the embedded AWS did not start: {reason}. The end of its log ({log}):\n{tail.rstrip()}\n"
            "If its saved state is the cause, `make down` or removing the folder .local/aws begins anew."
        )


class ProjectNotFound(LocalAwsError):
    """The working directory belongs to no Pulumi project."""

    code = "project-not-found"

    def __init__(self, *, folder: Path) -> None:
        """Keep where the search began."""
        self.folder = folder
        super().__init__(
            f"no Pulumi.yaml in {str(folder)!r} or a folder above it. "
            "Change to the folder of a Pulumi project, or name it with --cwd."
        )


class InvalidStackConfig(LocalAwsError):
    """A stack's config file is not what Pulumi would accept."""

    code = "invalid-stack-config"

    def __init__(self, *, path: Path, reason: str) -> None:
        """Keep which file, and what is wrong with it."""
        self.path = path
        self.reason = reason
        super().__init__(f"{str(path)!r} cannot be used as a stack's config: {reason}. Correct the file.")
