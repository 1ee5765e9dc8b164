"""Where packages come from on the command line: URLs, or a file that says all that a stack's ``index`` can say.

No option takes a password: arguments are seen by every user of a machine, and kept by shells.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

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
    if index_config is not None:
        if index_url or extra_index_urls:
            raise click.UsageError("--index-config says everything: it cannot be combined with URLs of indexes.")
        return _of_file(index_config)
    if not (index_url or extra_index_urls):
        return None
    return _of_urls(index_url, extra_index_urls)


def _of_urls(index_url: str | None, extra_index_urls: Sequence[str]) -> IndexOptions:
    from builder_lambda.contract.index_options import IndexOptions
    from builder_lambda.errors.options import InvalidOptions

    mapping: dict[str, object] = {"extra": [_named(text, number) for number, text in enumerate(extra_index_urls, 1)]}
    if index_url:
        mapping["default"] = {"url": index_url}
    try:
        return IndexOptions.from_mapping(mapping)
    except InvalidOptions as error:
        problems = tuple(replace(problem, place=_as_given(problem.place)) for problem in error.problems)
        raise InvalidOptions(problems=problems) from None


def _named(text: str, number: int) -> dict[str, object]:
    """Return an index that is given as ``name=url`` or as URL, as uv's ``--index`` has it."""
    name, equals, url = text.partition("=")
    is_named = bool(equals) and "://" not in name
    return {"name": name, "url": url} if is_named else {"name": f"extra index {number}", "url": text}


def _as_given(option: str) -> str:
    """Return what a user calls a part of the options."""
    place = option.removesuffix(".url")
    if place == "index.default":
        return "--index-url"
    number = place.removeprefix("index.extra[").partition("]")[0]
    return f"--extra-index-url {int(number) + 1}" if number.isdecimal() else option


def _of_file(path: Path) -> IndexOptions:
    from builder_lambda.contract.index_options import IndexOptions

    return IndexOptions.from_mapping(_parsed(path))


def _parsed(path: Path) -> Mapping[str, object]:
    import tomllib

    from builder_lambda.errors.options import InvalidOptions
    from builder_lambda.errors.problem import Problem

    try:
        text = path.read_text(encoding="utf-8")
        found = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except OSError as error:
        reason = error.strerror or "it cannot be read"
    except ValueError:  # of JSON, TOML or UTF-8, whose own words quote the file
        reason = "it is not JSON" if path.suffix == ".json" else "it is not TOML"
    else:
        if isinstance(found, dict):
            return found
        reason = "it must hold an object with 'default', 'extra', 'pins'"
    raise InvalidOptions(problems=(Problem(place=f"--index-config {path.name}", reason=reason),)) from None
