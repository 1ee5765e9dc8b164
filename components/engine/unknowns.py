"""Unknowns: values that a preview does not have yet."""

from collections.abc import Mapping, Sequence

from pulumi.output import Unknown
from pulumi.runtime import rpc


def has_unknown(value: object) -> bool:
    """Return whether a value is unknown, or contains an unknown value.

    The SDK passes an unknown to dynamic providers as an ``Unknown`` object, or as the sentinel of the wire.
    """
    if isinstance(value, str):
        return value == rpc.UNKNOWN
    if isinstance(value, Mapping):
        return any(has_unknown(member) for member in value.values())
    if isinstance(value, Sequence):
        return any(has_unknown(member) for member in value)
    return isinstance(value, Unknown)
