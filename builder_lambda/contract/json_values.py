"""Read typed values out of JSON that came over the wire.

Pulumi carries every number as a float, and what another version wrote may lack a field:
each reader says which field is wrong, as a bug of the sender (``TypeError`` or ``KeyError``), not as a user's problem.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_TYPE_ERROR = "the field {!r} must be {}, not {!r}"


def text_of(mapping: Mapping[str, object], key: str) -> str:
    """Return the text in the field ``key``."""
    value = mapping[key]
    if not isinstance(value, str):
        raise TypeError(_TYPE_ERROR.format(key, "text", value))
    return value


def optional_text_of(mapping: Mapping[str, object], key: str) -> str | None:
    """Return the text in the field ``key``, or ``None`` where it is missing, null or empty."""
    return text_of(mapping, key) if mapping.get(key) else None


def texts_of(mapping: Mapping[str, object], key: str) -> tuple[str, ...]:
    """Return the list of texts in the field ``key``; a missing list is empty."""
    values = mapping.get(key, ())
    if isinstance(values, str) or not isinstance(values, Sequence) or not all(isinstance(v, str) for v in values):
        raise TypeError(_TYPE_ERROR.format(key, "a list of texts", values))
    return tuple(values)


def whole_number_of(mapping: Mapping[str, object], key: str) -> int:
    """Return the whole number in the field ``key``, which may be written as a float."""
    value = mapping[key]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != int(value):
        raise TypeError(_TYPE_ERROR.format(key, "a whole number", value))
    return int(value)


def number_of(mapping: Mapping[str, object], key: str) -> float:
    """Return the number in the field ``key``."""
    value = mapping[key]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(_TYPE_ERROR.format(key, "a number", value))
    return float(value)


def mapping_of(mapping: Mapping[str, object], key: str) -> Mapping[str, object]:
    """Return the object in the field ``key``."""
    value = mapping[key]
    if not isinstance(value, Mapping):
        raise TypeError(_TYPE_ERROR.format(key, "an object", value))
    return value


def mappings_of(mapping: Mapping[str, object], key: str) -> tuple[Mapping[str, object], ...]:
    """Return the list of objects in the field ``key``; a missing list is empty."""
    values = mapping.get(key, ())
    if isinstance(values, str) or not isinstance(values, Sequence) or not all(isinstance(v, Mapping) for v in values):
        raise TypeError(_TYPE_ERROR.format(key, "a list of objects", values))
    return tuple(values)


def flag_of(mapping: Mapping[str, object], key: str) -> bool:
    """Return the truth value in the field ``key``."""
    value = mapping[key]
    if not isinstance(value, bool):
        raise TypeError(_TYPE_ERROR.format(key, "true or false", value))
    return value
