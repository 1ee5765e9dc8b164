"""Reads the index options of a command: URLs or a file."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING

from builder_lambda.contract.index_options import IndexOptions
from builder_lambda.errors.options import InvalidOptions
from builder_lambda.errors.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


def indexes_of_urls(index_url: str | None, extra_index_urls: Sequence[str]) -> IndexOptions:
    """Return the indexes of these URLs.

    :raises InvalidOptions: with every unusable URL, named by its option.
    """
    mapping: dict[str, object] = {"extra": [_named(text, number) for number, text in enumerate(extra_index_urls, 1)]}
    if index_url:
        mapping["default"] = {"url": index_url}
    try:
        return IndexOptions.from_mapping(mapping)
    except InvalidOptions as error:
        problems = tuple(replace(problem, place=_option_of(problem.place)) for problem in error.problems)
        raise InvalidOptions(problems=problems) from None


def _named(text: str, number: int) -> dict[str, object]:
    """Return the index of a URL or of ``name=url``, the syntax of uv's ``--index``."""
    name, equals, url = text.partition("=")
    is_named = bool(equals) and "://" not in name
    return {"name": name, "url": url} if is_named else {"name": f"extra index {number}", "url": text}


def _option_of(place: str) -> str:
    """Return the option of the command line for a place in the index options."""
    part = place.removesuffix(".url")
    if part == "index.default":
        return "--index-url"
    number = part.removeprefix("index.extra[").partition("]")[0]
    return f"--extra-index-url {int(number) + 1}" if number.isdecimal() else place


def indexes_of_file(path: Path) -> IndexOptions:
    """Return the indexes that a TOML or JSON file describes.

    :raises InvalidOptions: with everything that cannot be used.
    """
    return IndexOptions.from_mapping(_parsed(path))


def _parsed(path: Path) -> Mapping[str, object]:
    try:
        text = path.read_text(encoding="utf-8")
        found = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except OSError as error:
        reason = error.strerror or "it cannot be read"
    except ValueError:  # of JSON, TOML or UTF-8. Its text quotes the file, which may hold a password
        reason = "it is not JSON" if path.suffix == ".json" else "it is not TOML"
    else:
        if isinstance(found, dict):
            return found
        reason = "it must hold an object with 'default', 'extra', 'pins'"
    raise InvalidOptions(problems=(Problem(place=f"--index-config {path.name}", reason=reason),)) from None
