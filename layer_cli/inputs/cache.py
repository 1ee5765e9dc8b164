"""``--cache``: the folder of locks, results, archives and downloads, which make the next build fast."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click
from platformdirs import user_cache_path

if TYPE_CHECKING:
    from collections.abc import Callable

    CommandFunction = TypeVar("CommandFunction", bound=Callable[..., object])


def cache_option(function: CommandFunction) -> CommandFunction:
    """Add ``--cache`` to a command."""
    return click.option(
        "--cache",
        type=click.Path(path_type=Path, file_okay=False),
        default=_user_folder,
        envvar="PYTHON_LAYERS_CACHE",
        show_envvar=True,
        metavar="FOLDER",
        help="Where locks, archives and downloads are kept, instead of the user's cache folder.",
    )(function)


def _user_folder() -> Path:
    return user_cache_path("python-layers", appauthor=False)
