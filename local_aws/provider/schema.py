"""Read the schema of a resource type from ``pulumi_aws``: its inputs with their types, and its outputs.

The classes of ``pulumi_aws`` are generated from the real plugin's schema, so they accept the same inputs.
"""

from __future__ import annotations

import collections.abc
import difflib
import enum
import importlib
import inspect
import threading
import types
import typing
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import pulumi
from pulumi import _types  # no public module of pulumi knows the wire names of properties

from local_aws.provider import assets, wire
from local_aws.provider.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from local_aws.provider.wire import Json

Kind = Literal["string", "integer", "number", "boolean", "list", "map", "object", "asset", "document", "any"]

_NAMES: Mapping[Kind, str] = {
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "list": "a list",
    "map": "a map",
    "object": "an object",
    "asset": "an asset or archive",
    "document": "a JSON text",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class InputType:
    """The type of one input."""

    kind: Kind
    element: InputType | None = None
    """The type of the items of a list or map."""

    properties: Mapping[str, Property] = field(default_factory=dict)
    """The properties of an object, by wire name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Property:
    """One input of a resource, or one property of a nested object."""

    type: InputType
    required: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ResourceSchema:
    """The inputs and outputs of a resource type, by wire name."""

    token: str
    inputs: Mapping[str, Property]
    outputs: frozenset[str]

    @property
    def outputs_only(self) -> frozenset[str]:
        """The outputs that are not inputs. AWS makes them."""
        return self.outputs - self.inputs.keys()

    def type_of(self, name: str) -> InputType:
        """Return the type of the input ``name``, or the type ``any`` if there is no such input."""
        found = self.inputs.get(name)
        return found.type if found else InputType(kind="any")


_LOADING = threading.Lock()


@cache
def resource_schema(module: str, name: str) -> ResourceSchema:
    """Return the schema of the class ``name`` of ``pulumi_aws.<module>``."""
    # pulumi_aws loads its packages at first use. A module that is imported before its package, or by a second thread,
    # would leave the package partially loaded.
    with _LOADING:
        resource = getattr(importlib.import_module(f"pulumi_aws.{module.partition('.')[0]}"), name)
        home = importlib.import_module(f"pulumi_aws.{module}")
    # the arguments are called InitArgs if a nested block of another resource has the plain name
    arguments = getattr(home, f"{name}InitArgs", None) or getattr(home, f"{name}Args")
    return ResourceSchema(
        token=resource.pulumi_type,
        inputs=_properties(arguments),
        outputs=frozenset(_types.resource_types(resource)),
    )


@cache
def config_properties() -> Mapping[str, Property]:
    """Return the configuration properties of the provider, those of ``aws.Provider``."""
    return _properties(importlib.import_module("pulumi_aws.provider").ProviderArgs)


@cache
def _properties(arguments: type) -> Mapping[str, Property]:
    parameters = inspect.signature(arguments).parameters
    hints = _types.input_type_types(arguments)
    return {
        wire_name: Property(
            type=_input_type(hints[wire_name]), required=parameters[name].default is inspect.Parameter.empty
        )
        for name, wire_name in _types.input_type_py_to_pulumi_names(arguments).items()
    }


def _input_type(hint: Any) -> InputType:
    options = list(_alternatives(hint))
    inputs = [option for option in options if isinstance(option, type) and _types.is_input_type(option)]
    if inputs and str in options:
        return InputType(kind="document")
    if inputs:
        return InputType(kind="object", properties=_properties(inputs[0]))
    for option in options:
        origin = typing.get_origin(option)
        if origin is collections.abc.Sequence:
            return InputType(kind="list", element=_input_type(typing.get_args(option)[0]))
        if origin is collections.abc.Mapping:
            return InputType(kind="map", element=_input_type(typing.get_args(option)[1]))
        if isinstance(option, type) and issubclass(option, pulumi.Asset | pulumi.Archive):
            return InputType(kind="asset")
    for scalar, kind in _SCALARS.items():
        if scalar in options:
            return InputType(kind=kind)
    return InputType(kind="any")


_SCALARS: Mapping[type, Kind] = {str: "string", bool: "boolean", int: "integer", float: "number"}


def _alternatives(hint: Any) -> Iterator[Any]:
    """Yield the alternatives of ``hint``, without the wrappers that Pulumi resolves before it sends a value."""
    if hint is type(None) or typing.get_origin(hint) in (collections.abc.Awaitable, pulumi.Output):
        return
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        for part in typing.get_args(hint):
            yield from _alternatives(part)
    elif not (isinstance(hint, type) and (issubclass(hint, enum.Enum) or _types.is_output_type(hint))):
        yield hint


def check(properties: Mapping[str, Property], given: Mapping[str, Json], path: str = "") -> Iterator[Problem]:
    """Yield every problem of ``given``: properties that are unknown, missing or of a wrong type."""
    for name, value in given.items():
        if name.startswith("__"):
            continue
        if name not in properties:
            yield Problem(path + name, f"unexpected property {name!r}{_suggestion(name, properties)}")
        elif value is not None:
            yield from _check_value(properties[name].type, value, path + name)
    for name, expected in properties.items():
        if expected.required and given.get(name) is None:
            yield Problem(path + name, f"missing required property {name!r}")


def _suggestion(name: str, properties: Mapping[str, Property]) -> str:
    close = difflib.get_close_matches(name, properties, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; it takes {', '.join(sorted(properties))}"


def _check_value(expected: InputType, value: Json, path: str) -> Iterator[Problem]:
    if value == wire.UNKNOWN:
        return
    if not _fits(expected.kind, value):
        yield Problem(path, f"must be {_NAMES[expected.kind]}, not {_found(value)}")
    elif expected.kind == "object" and isinstance(value, dict):
        yield from check(expected.properties, value, f"{path}.")
    elif expected.kind == "list" and isinstance(value, list) and expected.element:
        for index, item in enumerate(value):
            yield from _check_value(expected.element, item, f"{path}[{index}]")
    elif expected.kind == "map" and isinstance(value, dict) and expected.element:
        for key, item in value.items():
            yield from _check_value(expected.element, item, f"{path}.{key}")


def _fits(kind: Kind, value: Json) -> bool:
    match kind:
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "list":
            return isinstance(value, list)
        case "asset":
            return assets.is_asset(value) or assets.is_archive(value)
        case "map" | "object":
            return isinstance(value, dict) and not (assets.is_asset(value) or assets.is_archive(value))
        case "document":
            return isinstance(value, str | dict)
        case "any":
            return True


def _found(value: Json) -> str:
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, dict):
        return "an asset or archive" if assets.is_asset(value) or assets.is_archive(value) else "an object"
    if isinstance(value, list):
        return "a list"
    return f"the string {value!r}" if isinstance(value, str) else f"the number {value}"
