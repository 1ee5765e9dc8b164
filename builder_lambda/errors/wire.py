"""Turn the JSON form of an error into the error again."""

from __future__ import annotations

from collections.abc import Mapping

from builder_lambda.errors import (  # imported so that each class is known by its code
    archives,
    aws_sdk,
    builder_function,
    code,
    deployment,
    files,
    hosts,
    indexes,
    locks,
    options,
    problem,
    projects,
    requirements,
    resolution,
    sdists,
    several,
    wheels,
)
from builder_lambda.errors.base import LayerError, kind_of
from builder_lambda.errors.builder_function import UnknownError
from builder_lambda.errors.several import SeveralErrors

KINDS = (
    archives,
    aws_sdk,
    builder_function,
    code,
    deployment,
    files,
    hosts,
    indexes,
    locks,
    options,
    problem,
    projects,
    requirements,
    resolution,
    sdists,
    several,
    wheels,
)
"""The modules whose errors a builder may raise."""


def error_from_mapping(mapping: Mapping[str, object]) -> LayerError:
    """Return the error that :meth:`LayerError.to_mapping` described, of the same class again.

    A code or fields that this version does not know give an :class:`UnknownError` that keeps the text.
    """
    code = str(mapping.get("code", "unknown-error"))
    values = mapping.get("fields")
    kind = kind_of(code)
    if kind is SeveralErrors and isinstance(values, Mapping):
        return SeveralErrors(errors=tuple(error_from_mapping(each) for each in values["errors"]))
    if kind is not None and isinstance(values, Mapping):
        try:
            return kind(**{name: _field(kind, name, value) for name, value in values.items() if name in kind.fields()})
        except (TypeError, ValueError):
            pass
    return UnknownError(original_code=code, text=str(mapping.get("message", dict(mapping))))


def _field(kind: type[LayerError], name: str, value: object) -> object:
    """Return the value of a field: where the class declares records, each mapping becomes one."""
    frozen = _frozen(value)
    record = kind.records.get(name)
    if record is None or not isinstance(frozen, tuple):
        return frozen
    return tuple(record(**item) if isinstance(item, Mapping) else item for item in frozen)


def _frozen(value: object) -> object:
    """Undo what JSON did: lists for tuples, and (through Pulumi) floats for whole numbers."""
    if isinstance(value, (list, tuple)):
        return tuple(_frozen(item) for item in value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {key: _frozen(item) for key, item in value.items()}
    return value
