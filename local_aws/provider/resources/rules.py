"""Checks of inputs by AWS's rules that several types share. Unknown values pass."""

from __future__ import annotations

import difflib
import re
from functools import cache
from typing import TYPE_CHECKING

import botocore.session

from local_aws.provider import wire
from local_aws.provider.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from local_aws.provider.wire import Json, Props

_ARN = re.compile(r"arn:[\w-]+:[a-zA-Z0-9-]+:([a-z]{2}(-[a-z]+)+-\d)?:(\d{12}|aws)?:.+")

_READABLE = 6
"""The longest list of choices in a message. Longer lists are cut to the most similar ones."""


def has_length(inputs: Props, name: str, minimum: int, maximum: int) -> Iterator[Problem]:
    """Yield a problem if the length of the string ``name`` is outside the range."""
    value = inputs.get(name)
    if isinstance(value, str) and value != wire.UNKNOWN and not minimum <= len(value) <= maximum:
        yield Problem(name, f"expected length to be in the range ({minimum} - {maximum}), got {len(value)} characters")


def has_items(inputs: Props, name: str, maximum: int) -> Iterator[Problem]:
    """Yield a problem if the list ``name`` has more items."""
    value = inputs.get(name)
    if isinstance(value, list) and len(value) > maximum:
        yield Problem(name, f"too many list items: at most {maximum}, got {len(value)}")


def is_between(inputs: Props, name: str, minimum: int, maximum: int) -> Iterator[Problem]:
    """Yield a problem if the number ``name`` is outside the range."""
    value = inputs.get(name)
    if isinstance(value, int) and not minimum <= value <= maximum:
        yield Problem(name, f"expected to be in the range ({minimum} - {maximum}), got {value}")


def is_one_of(inputs: Props, name: str, choices: Collection[Json]) -> Iterator[Problem]:
    """Yield a problem for a value, or an item of a list, that is not in ``choices``."""
    value = inputs.get(name)
    for item in value if isinstance(value, list) else [value]:
        if item is not None and item != wire.UNKNOWN and item not in choices:
            yield Problem(name, f"expected one of {_listed(choices, item)}, got {item}")


def _listed(choices: Collection[Json], given: Json) -> str:
    """Return ``choices`` as text. If there are many, list those that are similar to the given value."""
    words = [str(choice) for choice in choices]
    if len(words) <= _READABLE or not isinstance(given, str):
        return ", ".join(words)
    close = difflib.get_close_matches(given, words, n=_READABLE)
    return ", ".join([*close, f"and {len(words) - len(close)} more"]) if close else f"{len(words)} values"


def matches(inputs: Props, name: str, pattern: str, meaning: str) -> Iterator[Problem]:
    """Yield a problem if the whole string ``name`` does not match ``pattern``."""
    value = inputs.get(name)
    if isinstance(value, str) and value != wire.UNKNOWN and not re.fullmatch(pattern, value):
        yield Problem(name, f"{value!r} {meaning}")


def is_arn(inputs: Props, name: str) -> Iterator[Problem]:
    """Yield a problem for a string, or an item of a list, that is not an ARN."""
    value = inputs.get(name)
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str) and item not in ("", wire.UNKNOWN) and not _ARN.fullmatch(item):
            yield Problem(name, f"{item!r} is an invalid ARN: arn: invalid prefix or sections")


def is_exclusive(inputs: Props, *names: str) -> Iterator[Problem]:
    """Yield a problem for each of the inputs ``names`` that is given together with another of them."""
    given = [name for name in names if inputs.get(name) is not None]
    for name in given if len(given) > 1 else ():
        others = ", ".join(other for other in given if other != name)
        yield Problem(name, f"conflicts with {others}")


def within(path: str, problems: Iterable[Problem]) -> Iterator[Problem]:
    """Yield the ``problems`` of the nested object at ``path`` with their full paths."""
    for problem in problems:
        yield Problem(f"{path}.{problem.path}", problem.reason)


@cache
def enumeration(service: str, shape: str) -> tuple[str, ...]:
    """Return the values of ``shape`` in AWS's model of ``service``."""
    return tuple(botocore.session.get_session().get_service_model(service).shape_for(shape).metadata["enum"])
