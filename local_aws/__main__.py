"""The commands that `make` and `local_aws/pulumi` run."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.status import Status

from local_aws.environments.folders import Folders
from local_aws.errors import LocalAwsError
from local_aws.processes.emulator_parts import clone_emulator
from local_aws.processes.emulator_process import Emulator
from local_aws.pulumi_engine.pulumi_cli import find_or_make_pulumi
from local_aws.pulumi_engine.pulumi_program import LocalPulumi

messages = Console(stderr=True, soft_wrap=True)
"""Progress and errors go to standard error. Standard output has the results only."""

LOG_WIDTH = 180


@contextmanager
def _progress() -> Iterator[Status]:
    with messages.status("checking the tools of this machine") as status:
        yield status


def _show(status: Status, text: str) -> None:
    status.update(text)
    if not messages.is_terminal:
        messages.print(text, highlight=False)


def _report(text: str) -> None:
    messages.print(text, highlight=False)


def _emulator(folders: Folders) -> Emulator:
    with _progress() as status:
        return clone_emulator(folders, report=status.update)


def _tools(folders: Folders) -> LocalPulumi:
    """Return the tools, made if they are missing: Pulumi and the environments at the same time.

    The environments wait for a package index and Pulumi for a compiler, so neither slows the other.
    """
    with _progress() as status, ThreadPoolExecutor(1) as pool:
        cli = pool.submit(find_or_make_pulumi, folders, report=lambda text: _show(status, text))
        emulator = clone_emulator(folders, report=status.update)
        return LocalPulumi(folders=folders, cli=cli.result(), emulator=emulator)


@click.group()
def commands() -> None:
    """Run the embedded AWS, and Pulumi against it."""


@commands.command()
def setup() -> None:
    """Make the tools that are missing."""
    tools = _tools(Folders.of_clone())
    messages.print(
        f"Pulumi from {tools.cli.origin}; functions of {', '.join(tools.emulator.runtimes)}", highlight=False
    )


@commands.command()
def up() -> None:
    """Deploy this repository's program to the embedded AWS, and test every layer version."""
    # These import boto3, which is slow to import. Only `up` and `down` need it.
    from local_aws.demo.deployment import bring_up
    from local_aws.demo.published_layers import table_of

    folders = Folders.of_clone()
    deployment = bring_up(_tools(folders), folders, report=_report)
    if deployment is None:
        sys.exit(1)
    # A log has no width, and a reader cannot search for an ARN that is split over lines.
    screen = Console(width=None if sys.stdout.isatty() else LOG_WIDTH)
    screen.print(table_of(deployment.layers, deployment.canaries))
    if not deployment.changed:
        click.echo("nothing changed")
    if deployment.is_red:
        raise click.ClickException(
            "a layer does not work: its canary in the table above names what cannot be imported. "
            "Correct the layer's requirements, or add what is missing, and run the same command again."
        )


@commands.command()
def down() -> None:
    """Destroy the stack, and stop the embedded AWS."""
    from local_aws.demo.deployment import take_down  # imports boto3, as in `up`

    folders = Folders.of_clone()
    if not take_down(_tools(folders), folders, report=_report):
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
    """Start the embedded AWS, and print its endpoint."""
    emulator = _emulator(Folders.of_clone())
    emulator.start()
    click.echo(emulator.endpoint)


@commands.command()
def stop() -> None:
    """Stop the embedded AWS. Its state is kept."""
    was_running = _emulator(Folders.of_clone()).stop()
    click.echo("stopped" if was_running else "it was not running")


@commands.command()
def status() -> None:
    """Print whether the embedded AWS runs, and its endpoint. The exit status is 3 if it does not run."""
    emulator = _emulator(Folders.of_clone())
    if not emulator.is_running():
        click.echo("not running")
        sys.exit(3)
    click.echo(f"running at {emulator.endpoint} with {', '.join(emulator.runtimes)}; its log is {emulator.log}")


def main() -> None:
    """Run a command. A problem that a user can fix is printed without a traceback."""
    try:
        commands(prog_name="python -m local_aws")
    except LocalAwsError as error:
        messages.print(f"error ({error.code}): {error}", style="red", highlight=False, markup=False)
        sys.exit(1)


if __name__ == "__main__":
    main()
