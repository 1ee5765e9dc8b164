"""The commands: what `make` and `local_aws/pulumi` call."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.status import Status

from local_aws.emulator_parts import clone_emulator
from local_aws.emulator_process import Emulator
from local_aws.errors import LocalAwsError
from local_aws.folders import Folders
from local_aws.pulumi_cli import find_or_make_pulumi
from local_aws.pulumi_program import LocalPulumi

told = Console(stderr=True, soft_wrap=True)
"""For what is about the work; what is asked for goes to standard output."""

LOG_WIDTH = 180


@contextmanager
def _progress() -> Iterator[Status]:
    with told.status("looking at this machine") as status:
        yield status


def _report(status: Status, text: str) -> None:
    status.update(text)
    if not told.is_terminal:
        told.print(text, highlight=False)


def _tell(text: str) -> None:
    told.print(text, highlight=False)


def _emulator(folders: Folders) -> Emulator:
    with _progress() as status:
        return clone_emulator(folders, report=status.update)


def _tools(folders: Folders) -> LocalPulumi:
    """Make what is not there yet, both at a time: the environments wait for an index, Pulumi for a compiler."""
    with _progress() as status, ThreadPoolExecutor(1) as pool:
        cli = pool.submit(find_or_make_pulumi, folders, report=lambda text: _report(status, text))
        emulator = clone_emulator(folders, report=status.update)
        return LocalPulumi(folders=folders, cli=cli.result(), emulator=emulator)


@click.group()
def commands() -> None:
    """Run the embedded AWS, and Pulumi against it."""


@commands.command()
def setup() -> None:
    """Make the tools that are not there yet."""
    tools = _tools(Folders.of_clone())
    told.print(f"Pulumi from {tools.cli.origin}; functions of {', '.join(tools.emulator.runtimes)}", highlight=False)


@commands.command()
def up() -> None:
    """Deploy this repository's program to the embedded AWS, and try every layer version."""
    # boto3 takes longest to import, and no other command needs it.
    from local_aws import demo
    from local_aws.published_layers import table_of

    folders = Folders.of_clone()
    deployment = demo.bring_up(_tools(folders), folders, report=_tell)
    if deployment is None:
        sys.exit(1)
    # A log has no width; an ARN that is cut into pieces cannot be searched for.
    screen = Console(width=None if sys.stdout.isatty() else LOG_WIDTH)
    screen.print(table_of(deployment.layers, deployment.canaries))
    if not deployment.changed:
        click.echo("nothing changed")
    if deployment.is_red:
        raise click.ClickException(
            "a layer does not work: its canary, above, says what cannot be imported. "
            "Correct its requirements, or add what they leave out, and run the same command again."
        )


@commands.command()
def down() -> None:
    """Destroy the stack, and stop the embedded AWS."""
    from local_aws import demo  # for the reason that `up` gives

    folders = Folders.of_clone()
    if not demo.take_down(_tools(folders), folders, report=_tell):
        sys.exit(1)


@commands.command(
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False}, add_help_option=False
)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def pulumi(words: tuple[str, ...]) -> None:
    """Run Pulumi on the project of the working directory, against the embedded AWS."""
    sys.exit(_tools(Folders.of_clone()).call(*words, cwd=Path.cwd()).run())


@commands.command()
def start() -> None:
    """Start the embedded AWS, and print where it listens."""
    emulator = _emulator(Folders.of_clone())
    emulator.start()
    click.echo(emulator.endpoint)


@commands.command()
def stop() -> None:
    """Stop the embedded AWS; what it holds is kept."""
    was_running = _emulator(Folders.of_clone()).stop()
    click.echo("stopped" if was_running else "it was not running")


@commands.command()
def status() -> None:
    """Tell whether the embedded AWS runs, and where; ends with status 3 if it does not."""
    emulator = _emulator(Folders.of_clone())
    if not emulator.is_running():
        click.echo("not running")
        sys.exit(3)
    click.echo(f"running at {emulator.endpoint} with {', '.join(emulator.runtimes)}; its log is {emulator.log}")


def main() -> None:
    """Run a command; a problem that a person can act on is told without a traceback."""
    try:
        commands(prog_name="python -m local_aws")
    except LocalAwsError as error:
        told.print(f"error ({error.code}): {error}", style="red", highlight=False, markup=False)
        sys.exit(1)


if __name__ == "__main__":
    main()
