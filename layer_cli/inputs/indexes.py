"""The options for package indexes: URLs, or a file in the form of the setting ``index`` of a stack.

No option takes a password: other users of the machine can see arguments, and shells record them.
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
        click.option("--index-url", metavar="URL", help="The package index, instead of the configured one."),
        click.option(
            "--extra-index-url",
            "extra_index_urls",
            multiple=True,
            metavar="[NAME=]URL",
            help="An index with priority; the first index that has a package is used for it; may be repeated.",
        ),
        click.option(
            "--index-config",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="Indexes with logins and pins as TOML or JSON, instead of these URLs.",
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
    """Return the indexes that the options name, or ``None`` if there are no such options.

    :raises InvalidOptions: with everything that cannot be used. It quotes no value, which may hold a password.
    :raises click.UsageError: if the options name both URLs and a file.
    """
    if index_config is None and not (index_url or extra_index_urls):
        return None
    from layer_cli.inputs.index_reading import indexes_of_file, indexes_of_urls

    if index_config is not None:
        if index_url or extra_index_urls:
            raise click.UsageError("--index-config cannot be combined with --index-url or --extra-index-url.")
        return indexes_of_file(index_config)
    return indexes_of_urls(index_url, extra_index_urls)
