"""The form of a request: which fields it has, and what each may hold. Pure.

An event can be made by everybody who may invoke the builder. Names and digests of a request become parts of keys in the
archive bucket, so they are checked here before anything else happens.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from builder_lambda.contract.bounds import LINE_CHARACTERS, NAME_CHARACTERS, REQUEST_ITEMS
from builder_lambda.errors.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

Check: TypeAlias = Callable[[str, object], "Iterator[Problem]"]
"""Yields what is wrong with the value of a field, which is named first."""

_SHA256 = re.compile(r"[0-9a-f]{64}")
_LAYER_NAME = re.compile(r"[A-Za-z0-9_-]{1,140}")
"""AWS: PublishLayerVersion, "LayerName". The name of a function's deployment package has the same form."""

_SHOWN = 60


def problems_of(fields: Mapping[str, Check], given: Mapping[str, object], *, place: str) -> Iterator[Problem]:
    """Yield what is wrong with a mapping: fields that are unknown, and those that have another form."""
    for name in sorted(set(map(str, given)) - set(fields)):
        yield Problem(place=f"{place}.{name[:_SHOWN]}", reason="there is no such field")
    for name, check in fields.items():
        yield from check(f"{place}.{name}", given.get(name))


def _text(pattern: re.Pattern[str] | None, form: str, *, longest: int = LINE_CHARACTERS) -> Check:
    def check(place: str, value: object) -> Iterator[Problem]:
        if not isinstance(value, str) or len(value) > longest or (pattern and not pattern.fullmatch(value)):
            yield Problem(place=place, reason=f"it must be {form}, not {_shown(value)}")

    return check


def _optional(check: Check) -> Check:
    return lambda place, value: iter(()) if value is None else check(place, value)


def _list_of(check: Check, form: str) -> Check:
    def check_all(place: str, value: object) -> Iterator[Problem]:
        if isinstance(value, str) or not isinstance(value, Sequence):
            yield Problem(place=place, reason=f"it must be a list of {form}, not {_shown(value)}")
        elif len(value) > REQUEST_ITEMS:
            yield Problem(place=place, reason=f"it has {len(value):,} items; at most {REQUEST_ITEMS:,} are read")
        else:
            for number, item in enumerate(value):
                yield from check(f"{place}[{number}]", item)

    return check_all


def _object(place: str, value: object) -> Iterator[Problem]:
    if not isinstance(value, Mapping):
        yield Problem(place=place, reason=f"it must be an object, not {_shown(value)}")


def _object_of(fields: Mapping[str, Check]) -> Check:
    def check(place: str, value: object) -> Iterator[Problem]:
        if isinstance(value, Mapping):
            yield from problems_of(fields, value, place=place)
        else:
            yield from _object(place, value)

    return check


def _names_or_all(place: str, value: object) -> Iterator[Problem]:
    if value != "all":
        yield from _list_of(_text(None, "the name of a project", longest=NAME_CHARACTERS), "names")(place, value)


def _module_name(place: str, value: object) -> Iterator[Problem]:
    if not isinstance(value, str) or not value.isidentifier() or len(value) > NAME_CHARACTERS:
        yield Problem(place=place, reason=f"it must be the name of a module, not {_shown(value)}")


def _shown(value: object) -> str:
    """Return the start of a text, or the type of another value, on one line."""
    if not isinstance(value, str):
        return type(value).__name__
    return repr(value if len(value) <= _SHOWN else f"{value[:_SHOWN]}...")


_DIGEST = _text(_SHA256, "a sha256 in hex")
_LINE = _text(None, "a requirement")
_SHORT = _text(None, "a short text", longest=NAME_CHARACTERS)
_TARGET = _object_of({"runtime": _SHORT, "architecture": _SHORT})
_MODULE = _object_of({"name": _module_name, "sha256": _DIGEST})

RESOLVE: Mapping[str, Check] = {
    "requirements": _list_of(_LINE, "requirements"),
    "constraints": _optional(_list_of(_LINE, "requirements")),
    "target": _TARGET,
    "previous_lock_sha256": _optional(_DIGEST),
    "upgrade": _optional(_names_or_all),
    "exclude_newer": _optional(_SHORT),
    "allow_source_builds": _optional(_names_or_all),
    "index": _optional(_object),
}
"""The fields of a request for a lock."""

BUILD: Mapping[str, Check] = {
    "name": _text(_LAYER_NAME, "the name of a layer: letters, digits, hyphens and underscores"),
    "target": _TARGET,
    "lock_sha256": _optional(_DIGEST),
    "options": _optional(_object),
    "modules": _optional(_list_of(_MODULE, "modules")),
    "function_code_sha256": _optional(_DIGEST),
    "index": _optional(_object),
}
"""The fields of a request for an archive."""
