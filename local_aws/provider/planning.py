"""Compute a resource's outputs for a preview. Some are unknown until the deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_aws.provider import wire

if TYPE_CHECKING:
    from collections.abc import Mapping, Set

    from local_aws.provider.resources.handler import Traits
    from local_aws.provider.wire import Json, Props


def planned_creation(traits: Traits, inputs: Props, default_tags: Mapping[str, str]) -> Props:
    """Return the outputs of a new resource: its inputs, and unknown for the outputs that AWS makes."""
    planned = _without_internals(inputs)
    for name in traits.schema.outputs_only:
        planned[name] = wire.UNKNOWN
    return _with_computed(traits, planned, default_tags)


def planned_update(
    traits: Traits, olds: Props, inputs: Props, recomputed: Set[str], default_tags: Mapping[str, str]
) -> Props:
    """Return the outputs after an update: the old outputs, the new inputs, and unknown for ``recomputed``."""
    planned = {
        name: value
        for name, value in olds.items()
        if name not in traits.schema.inputs or name in traits.computed or name == _name_of(traits)
    }
    planned |= _without_internals(inputs)
    planned |= dict.fromkeys(recomputed & traits.schema.outputs, wire.UNKNOWN)
    return _with_computed(traits, planned, default_tags)


def _with_computed(traits: Traits, planned: Props, default_tags: Mapping[str, str]) -> Props:
    """Add the outputs that follow from the inputs, and unknown for the inputs that AWS fills in."""
    computed = {path for path in traits.computed if "." not in path}
    prefixed = traits.auto_name and traits.auto_name.prefix_property in planned
    if prefixed and traits.auto_name:
        computed.add(traits.auto_name.property)
    for name in computed & traits.schema.outputs:
        planned.setdefault(name, wire.UNKNOWN)
    for path in traits.computed:
        if "." in path:
            _fill(planned, path.split("."))
    if traits.has_tags and planned.get("tags") != wire.UNKNOWN:
        tags = wire.block(planned, "tags")
        planned["tagsAll"] = {**default_tags, **tags}
    return planned


def _fill(holder: Json, path: list[str]) -> None:
    if isinstance(holder, list):
        for item in holder:
            _fill(item, path)
    elif isinstance(holder, dict):
        if len(path) == 1:
            if holder.get(path[0]) is None:
                holder[path[0]] = wire.UNKNOWN
        else:
            _fill(holder.get(path[0]), path[1:])


def _name_of(traits: Traits) -> str | None:
    return traits.auto_name.property if traits.auto_name else None


def _without_internals(inputs: Props) -> Props:
    return {name: _copy(value) for name, value in inputs.items() if not name.startswith("__") and value is not None}


def _copy(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value
