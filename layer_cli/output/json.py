"""``--json``: prints results and errors as one JSON object on standard output."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    CommandFunction = TypeVar("CommandFunction", bound=Callable[..., object])

_WANTED = "layer_cli.output.json"


def json_option(function: CommandFunction) -> CommandFunction:
    """Add ``--json`` to a command, which gets it as ``as_json``."""

    def note(context: click.Context, _parameter: click.Parameter, value: bool) -> bool:
        context.meta[_WANTED] = value
        return value

    text = "Print one JSON object and no progress."
    return click.option("--json", "as_json", is_flag=True, callback=note, is_eager=True, help=text)(function)


def is_json_wanted(context: click.Context) -> bool:
    """Return whether the command was called with ``--json``."""
    return bool(context.meta.get(_WANTED))


def print_json(mapping: Mapping[str, object]) -> None:
    """Print an object on standard output."""
    click.echo(json.dumps(mapping, indent=2))
