"""Unknowns: values that a preview does not have yet, as a dynamic provider sees them."""

from collections.abc import Mapping, Sequence

from pulumi.output import Unknown
from pulumi.runtime import rpc


def has_unknown(value: object) -> bool:
    """Tell whether a value is unknown, or holds something that is.

    The SDK hands an unknown over as an object of its own, and in places as the sentinel of the wire.
    """
    if isinstance(value, str):
        return value == rpc.UNKNOWN
    if isinstance(value, Mapping):
        return any(has_unknown(member) for member in value.values())
    if isinstance(value, Sequence):
        return any(has_unknown(member) for member in value)
    return isinstance(value, Unknown)
