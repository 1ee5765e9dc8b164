"""Compute the inputs that describe the current resource. A refresh returns them, so that drift shows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from local_aws.provider import assets, wire
from local_aws.provider.policies import same_policy

if TYPE_CHECKING:
    from local_aws.provider.resources.handler import Traits
    from local_aws.provider.schema import InputType
    from local_aws.provider.wire import Json, Props


def observed_inputs(traits: Traits, inputs: Props, state: Props) -> Props:
    """Return ``inputs`` with the values that AWS has now, and with inputs that were added outside Pulumi.

    A value that AWS fills in itself is not drift. The program's form of a value stays if it has the same meaning. With
    empty ``inputs``, for an import, return every input that a program could give.
    """
    if not inputs:
        return {
            name: value
            for name, value in state.items()
            if name in traits.supported and not wire.is_blank(value) and value != traits.defaults.get(name)
        }
    # a name that is not in the inputs was generated from its prefix
    own_name = {traits.auto_name.property} if traits.auto_name else set[str]()
    observed: Props = {}
    for name, value in inputs.items():
        current = state.get(name, value)
        observed[name] = _reconciled(traits, traits.schema.type_of(name), name, value, current)
    for name, current in state.items():
        expected = traits.schema.inputs.get(name)
        if name in inputs or expected is None or name not in traits.supported or name in traits.computed | own_name:
            continue
        if not wire.is_blank(current) and current != traits.defaults.get(name):
            observed[name] = _stripped(traits, name, current)
    return {name: value for name, value in observed.items() if value is not None}


def _reconciled(traits: Traits, expected: InputType, path: str, given: Json, current: Json) -> Json:
    """Return ``given`` if both have the same meaning, else ``current`` in the form of ``given``."""
    if given == current or (wire.is_blank(given) and wire.is_blank(current)):
        return given
    if path in traits.policies and same_policy(given, current):
        return given
    if path in traits.sets and _sorted(given) == _sorted(current):
        return given
    if assets.is_asset(given) or assets.is_archive(given):
        return given
    if expected.kind == "object" and isinstance(given, dict) and isinstance(current, dict):
        kept = {
            key: _reconciled(traits, expected.properties[key].type, f"{path}.{key}", value, current.get(key, value))
            if key in expected.properties
            else value
            for key, value in given.items()
        }
        added = {
            key: _stripped(traits, f"{path}.{key}", value)
            for key, value in current.items()
            if key not in given and f"{path}.{key}" not in traits.computed and not wire.is_blank(value)
        }
        return kept | added
    if (
        expected.kind == "list"
        and expected.element
        and isinstance(given, list)
        and isinstance(current, list)
        and len(given) == len(current)
    ):
        return [
            _reconciled(traits, expected.element, path, one, other) for one, other in zip(given, current, strict=True)
        ]
    return _stripped(traits, path, current)


def _stripped(traits: Traits, path: str, value: Json) -> Json:
    """Return ``value`` without the parts that AWS fills in."""
    if isinstance(value, dict):
        return {
            key: _stripped(traits, f"{path}.{key}", item)
            for key, item in value.items()
            if f"{path}.{key}" not in traits.computed and item is not None
        }
    return [_stripped(traits, path, item) for item in value] if isinstance(value, list) else value


def _sorted(value: Json) -> Json:
    return sorted(value, key=lambda item: json.dumps(item, sort_keys=True)) if isinstance(value, list) else value
