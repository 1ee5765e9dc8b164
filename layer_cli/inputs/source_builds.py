"""``--allow-source-build``: what may be built where no wheel fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import click

from builder_lambda.contract.source_policy import allow_source_builds_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from builder_lambda.contract.source_policy import AllowSourceBuilds

    CommandFunction = TypeVar("CommandFunction", bound=Callable[..., object])

_ALL = "all"


def source_inputs(function: CommandFunction) -> CommandFunction:
    """Add ``--allow-source-build`` to a command."""
    return click.option(
        "--allow-source-build",
        "source_builds",
        multiple=True,
        metavar="NAME|all",
        help="Build this package from its source where no wheel fits, which runs code of it here; may be repeated.",
    )(function)


def read_source_builds(given: Sequence[str]) -> AllowSourceBuilds:
    """Return what ``--allow-source-build`` allows.

    :raises InvalidOptions: if a name is none.
    """
    return allow_source_builds_of(_ALL if _ALL in given else list(given))
