"""``--runtime`` and ``--architecture``: the target of a layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import click

from builder_lambda.contract.targets import ARCHITECTURES, RUNTIMES

if TYPE_CHECKING:
    from collections.abc import Callable

    CommandFunction = TypeVar("CommandFunction", bound=Callable[..., object])


def target_options(function: CommandFunction) -> CommandFunction:
    """Add ``--runtime`` and ``--architecture`` to a command."""
    architecture = click.option(
        "--architecture",
        type=click.Choice(ARCHITECTURES),
        default="x86_64",
        show_default=True,
        help="Lambda architecture.",
    )
    runtime = click.option(
        "--runtime",
        type=click.Choice(RUNTIMES),
        required=True,
        metavar="RUNTIME",
        help=f"Lambda runtime, {RUNTIMES[0]} to {RUNTIMES[-1]}.",
    )
    return runtime(architecture(function))
