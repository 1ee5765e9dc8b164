"""Where packages come from on the command line: URLs, or a file that says all that a stack's ``index`` can say.

No option takes a password: arguments are seen by every user of a machine, and kept by shells.
"""

from __future__ import annotations

from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from builder_lambda.contract.index_options import IndexOptions

    CommandFunction = TypeVar("CommandFunction", bound=Callable[..., object])


def index_inputs(function: CommandFunction) -> CommandFunction:
    """Add ``--index-url``, ``--extra-index-url``, ``--index-config`` to a command, which gets them as ``indexes``."""
    parameters = (
        click.option("--index-url", metavar="URL", help="The package index, in place of the one that is set up."),
        click.option(
            "--extra-index-url",
            "extra_index_urls",
            multiple=True,
            metavar="[NAME=]URL",
            help="An index that is asked before; the first that knows a package has it; may be repeated.",
        ),
        click.option(
            "--index-config",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="Indexes with their logins and pins, as TOML or JSON, in place of these URLs.",
        ),
    )

    @wraps(function)
    def with_indexes(
        *, index_url: str | None, extra_index_urls: Sequence[str], index_config: Path | None, **others: object
    ) -> object:
        indexes = read_indexes(index_url=index_url, extra_index_urls=extra_index_urls, index_config=index_config)
        return function(indexes=indexes, **others)

    command = cast("CommandFunction", with_indexes)
    for parameter in reversed(parameters):
        command = parameter(command)
    return command


def read_indexes(
    *, index_url: str | None, extra_index_urls: Sequence[str], index_config: Path | None
) -> IndexOptions | None:
    """Return what is said about indexes, ``None`` if nothing is.

    :raises InvalidOptions: naming everything that cannot be used; no value is quoted, as it may hold a password.
    :raises click.UsageError: if both URLs and a file are given.
    """
    if index_config is None and not (index_url or extra_index_urls):
        return None
    from layer_cli.inputs.index_reading import indexes_of_file, indexes_of_urls

    if index_config is not None:
        if index_url or extra_index_urls:
            raise click.UsageError("--index-config says everything: it cannot be combined with URLs of indexes.")
        return indexes_of_file(index_config)
    return indexes_of_urls(index_url, extra_index_urls)
