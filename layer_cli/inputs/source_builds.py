"""``--allow-source-build``: packages that may be built from source if no wheel fits."""

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
        help="Build this package from source if no wheel fits. This runs its code here. May be repeated.",
    )(function)


def read_source_builds(names: Sequence[str]) -> AllowSourceBuilds:
    """Return the packages that ``--allow-source-build`` names.

    :raises InvalidOptions: if a name is not a valid project name.
    """
    return allow_source_builds_of(_ALL if _ALL in names else list(names))
