"""Convert properties between the engine's protobuf structs and plain JSON values.

Decoded secrets are unwrapped, and whole numbers are ``int``. Assets and archives stay the mapping that the engine sends
(see ``assets.py``). An unknown value is the string ``UNKNOWN``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from google.protobuf import struct_pb2
from pulumi.runtime import rpc

if TYPE_CHECKING:
    from collections.abc import Mapping

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Props: TypeAlias = "dict[str, Json]"

UNKNOWN: str = rpc.UNKNOWN
"""The protocol's mark for a value that is not known before the deployment."""

DEFAULTS = "__defaults"
"""The input with the names of the inputs that the plugin filled in, as in the real plugin."""

SIGNATURE = "4dabf18193072939515e22adb298388d"
"""The key that marks a mapping as a special value. Its value is the kind."""


def decode(struct: struct_pb2.Struct) -> Props:
    """Return the properties in ``struct``."""
    return {key: _decode_value(value) for key, value in struct.fields.items()}


def _decode_value(value: struct_pb2.Value) -> Json:
    match value.WhichOneof("kind"):
        case "bool_value":
            return value.bool_value
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "string_value":
            return value.string_value
        case "list_value":
            return [_decode_value(item) for item in value.list_value.values]
        case "struct_value":
            return _unwrapped(decode(value.struct_value))
        case _:
            return None


def _unwrapped(value: Props) -> Json:
    match value.get(SIGNATURE):
        case "1b47061264138c4ac30d75fd1eb44270":  # a secret
            return value.get("value")
        case "d0e6a833031e9bbcd3f4e8bde6ca49a4":  # an output; it is unknown if it has no value
            return value.get("value", UNKNOWN)
        case _:
            return value


def encode(props: Mapping[str, Json]) -> struct_pb2.Struct:
    """Return ``props`` as a struct, without properties that are ``None``."""
    struct = struct_pb2.Struct()
    struct.update({key: value for key, value in props.items() if value is not None})
    return struct


def is_unknown(value: Json) -> bool:
    """Return whether ``value``, or a value in it, is not known before the deployment."""
    if isinstance(value, dict):
        return any(is_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(is_unknown(item) for item in value)
    return value == UNKNOWN


def is_blank(value: Json) -> bool:
    """Return whether ``value`` is missing or a zero value. Terraform treats both the same."""
    return value is None or value is False or value in ("", 0) or value == [] or value == {}


def text(props: Mapping[str, Json], key: str) -> str:
    """Return the string property ``key``, or an empty string if it is not given."""
    value = props.get(key)
    return value if isinstance(value, str) else ""


def number(props: Mapping[str, Json], key: str, default: int = 0) -> int:
    """Return the integer property ``key``."""
    value = props.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def flag(props: Mapping[str, Json], key: str) -> bool:
    """Return the boolean property ``key``, or false if it is not given."""
    return props.get(key) is True


def texts(props: Mapping[str, Json], key: str) -> list[str]:
    """Return the property ``key``, a list of strings."""
    value = props.get(key)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def text_map(props: Mapping[str, Json], key: str) -> dict[str, str]:
    """Return the property ``key``, a mapping of strings."""
    return {name: item for name, item in block(props, key).items() if isinstance(item, str)}


def block(props: Mapping[str, Json], key: str) -> Props:
    """Return the nested object ``key``, or an empty one if it is not given."""
    value = props.get(key)
    return value if isinstance(value, dict) else {}


def blocks(props: Mapping[str, Json], key: str) -> list[Props]:
    """Return the property ``key``, a list of nested objects."""
    value = props.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
