"""The group of all commands: imports a command by name, and turns errors into a message and an exit code."""

from __future__ import annotations

from importlib import import_module
from typing import NamedTuple

import click

from builder_lambda import __version__
from builder_lambda.errors.base import LayerError
from layer_cli.output.exit_codes import INTERRUPTED, exit_code_of
from layer_cli.output.json import is_json_wanted, print_json
from layer_cli.output.visible import visible_lines


class _Command(NamedTuple):
    module: str
    """In ``layer_cli.commands``. It has a command of the same name."""

    short_help: str


_COMMANDS = {
    "build": _Command("build", "Build a layer archive from requirements or a lock."),
    "cache": _Command("cache", "Show what is kept on this machine, or remove it."),
    "diff": _Command("diff", "Show the differences between two archives or locks."),
    "doctor": _Command("doctor", "Check what a deployment needs."),
    "inspect": _Command("inspect", "Show what is in a layer archive."),
    "lock": _Command("lock", "Choose versions and write them as a lock."),
    "preview-diff": _Command("preview_diff", "Show what a Pulumi preview changes, in Markdown."),
}
"""A command is imported when it is called, so that each start imports one command."""


class Commands(click.Group):
    """Imports the command that is called. Errors that a user can act on end with a message and no traceback."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command. Returns ``None`` if there is no command of this name."""
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        name = _COMMANDS[cmd_name].module
        command: click.Command = getattr(import_module(f"layer_cli.commands.{name}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.short_help) for name, command in sorted(_COMMANDS.items())])

    def invoke(self, ctx: click.Context) -> object:
        """Run a command.

        :raises click.exceptions.Exit: with the exit code of an error.
        """
        try:
            return super().invoke(ctx)
        except LayerError as error:
            if is_json_wanted(ctx):
                print_json({"error": error.to_mapping()})
            click.echo(_as_text(error), err=True)
            ctx.exit(exit_code_of(error))
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            ctx.exit(INTERRUPTED)


def _as_text(error: LayerError) -> str:
    """Return the message as ``pulumi up`` shows it, with the code in colour. click drops colours outside a terminal."""
    code, _, rest = visible_lines(str(error)).partition(":")
    return f"{click.style(code, fg='red', bold=True)}:{rest}"


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="%(prog)s %(version)s")
def commands() -> None:
    """Build AWS Lambda layers from Python requirements, the same bytes on every machine.

    Exit codes: 0 done, 1 invalid input, 2 usage error, 3 package index or network failed.
    """


for _name, _command in _COMMANDS.items():  # click lists and suggests these; get_command() imports the real ones
    commands.add_command(click.Command(_name, short_help=_command.short_help))
