"""The commands as a whole: how they are found, and how they end.

Loaded on every start, with everything that it imports: what a command needs to work is imported when it does.
"""

from __future__ import annotations

import click

from builder_lambda import __version__
from builder_lambda.errors.base import LayerError
from layer_cli.commands.build import build
from layer_cli.commands.cache import cache
from layer_cli.commands.diff import diff
from layer_cli.commands.doctor import doctor
from layer_cli.commands.inspect import inspect
from layer_cli.commands.lock import lock
from layer_cli.commands.preview_diff import preview_diff
from layer_cli.output.exit_codes import INTERRUPTED, exit_code_of
from layer_cli.output.json import is_json_wanted, print_json


class _Commands(click.Group):
    """Ends with a message, never a traceback, where the user can do something about it."""

    def invoke(self, ctx: click.Context) -> object:
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
    """Return the message as ``pulumi up`` shows it, the code in colour. click drops colours off a terminal."""
    code, _, rest = str(error).partition(":")
    return f"{click.style(code, fg='red', bold=True)}:{rest}"


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="%(prog)s %(version)s")
def commands() -> None:
    """Build AWS Lambda layers from Python requirements, the same bytes on every machine.

    Exit codes: 0 done, 1 something that was given cannot be used, 2 wrong usage, 3 package index or network failed.
    """


for _command in (lock, build, inspect, diff, cache, preview_diff, doctor):
    commands.add_command(_command)
