"""Properties between the engine's protobuf structs and plain JSON values.

Secrets arrive unwrapped, whole numbers as ``int``, assets and archives as the mapping that the engine sends (see
``assets.py``), an unknown value as the string ``UNKNOWN``.
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
"""What the protocol writes for a value that only the deployment will know."""

DEFAULTS = "__defaults"
"""The input in which the real plugin keeps the names of the inputs that the program did not give."""

SIGNATURE = "4dabf18193072939515e22adb298388d"
"""The key that marks a mapping as something else than a mapping; its value says what."""


def decode(struct: struct_pb2.Struct) -> Props:
    """Return the properties that ``struct`` carries."""
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
        case "d0e6a833031e9bbcd3f4e8bde6ca49a4":  # an output value: without a value it is unknown
            return value.get("value", UNKNOWN)
        case _:
            return value


def encode(props: Mapping[str, Json]) -> struct_pb2.Struct:
    """Return ``props`` as a struct; properties that are ``None`` are left out."""
    struct = struct_pb2.Struct()
    struct.update({key: value for key, value in props.items() if value is not None})
    return struct


def is_unknown(value: Json) -> bool:
    """Tell whether ``value``, or anything inside it, is not known before the deployment."""
    if isinstance(value, dict):
        return any(is_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(is_unknown(item) for item in value)
    return value == UNKNOWN


def is_blank(value: Json) -> bool:
    """Tell whether ``value`` says nothing: Terraform does not tell a zero value from a missing one."""
    return value is None or value is False or value in ("", 0) or value == [] or value == {}


def text(props: Mapping[str, Json], key: str) -> str:
    """Return the string property ``key``; the empty string where it is not given."""
    value = props.get(key)
    return value if isinstance(value, str) else ""


def number(props: Mapping[str, Json], key: str, default: int = 0) -> int:
    """Return the integer property ``key``."""
    value = props.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def flag(props: Mapping[str, Json], key: str) -> bool:
    """Return the boolean property ``key``; false where it is not given."""
    return props.get(key) is True


def texts(props: Mapping[str, Json], key: str) -> list[str]:
    """Return the property ``key``, a list of strings."""
    value = props.get(key)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def text_map(props: Mapping[str, Json], key: str) -> dict[str, str]:
    """Return the property ``key``, a mapping of strings."""
    return {name: item for name, item in block(props, key).items() if isinstance(item, str)}


def block(props: Mapping[str, Json], key: str) -> Props:
    """Return the nested object ``key``; an empty one where it is not given."""
    value = props.get(key)
    return value if isinstance(value, dict) else {}


def blocks(props: Mapping[str, Json], key: str) -> list[Props]:
    """Return the property ``key``, a list of nested objects."""
    value = props.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
