"""Create, read, update: what becomes of a resource's properties around the calls to AWS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from local_aws.provider import wire
from local_aws.provider.errors import PartiallyCreated, ProviderError
from local_aws.provider.observed import observed_inputs
from local_aws.provider.resources.naming import split_region

if TYPE_CHECKING:
    from collections.abc import Set

    from local_aws.provider.resources.handler import ResourceHandler
    from local_aws.provider.session import Aws
    from local_aws.provider.wire import Props


@dataclass(frozen=True, kw_only=True, slots=True)
class Thing:
    """A resource as it is at AWS."""

    identifier: str
    outputs: Props
    inputs: Props
    """The inputs that would describe it."""


class InitFailed(Exception):
    """An operation failed after it had made or changed something; the engine is to keep what there is."""

    def __init__(self, thing: Thing, cause: ProviderError) -> None:
        self.thing = thing
        self.cause = cause
        super().__init__(str(cause))


def create(handler: ResourceHandler, aws: Aws, inputs: Props) -> Thing:
    """Make the thing that ``inputs`` describe.

    :raises ProviderError: if nothing was made.
    :raises InitFailed: if it was made, but is not as asked.
    """
    try:
        identifier = handler.create(aws, inputs)
    except PartiallyCreated as error:
        raise InitFailed(_what_there_is(handler, aws, error.identifier, inputs), error) from error
    try:
        thing = read(handler, aws, identifier, inputs, inputs)
    except ProviderError as error:
        raise InitFailed(Thing(identifier=identifier, outputs=_plain(inputs), inputs=inputs), error) from error
    return thing or Thing(identifier=identifier, outputs=_plain(inputs), inputs=inputs)


def update(handler: ResourceHandler, aws: Aws, identifier: str, olds: Props, inputs: Props, changed: Set[str]) -> Thing:
    """Make the thing be as ``inputs`` describe it; ``olds`` are its outputs before.

    :raises InitFailed: if it could not, or not wholly, be changed.
    """
    traits = handler.traits
    kept = {name: value for name, value in olds.items() if name not in traits.schema.inputs or name in traits.computed}
    known = {**kept, **_named(handler, olds), **_plain(inputs)}
    try:
        handler.update(aws, identifier, inputs, changed)
        thing = read(handler, aws, identifier, known, inputs)
    except ProviderError as error:
        raise InitFailed(_what_there_is(handler, aws, identifier, known, inputs), error) from error
    return thing or Thing(identifier=identifier, outputs=known, inputs=inputs)


def read(handler: ResourceHandler, aws: Aws, identifier: str, known: Props, inputs: Props) -> Thing | None:
    """Return the thing as AWS has it now, ``None`` if it is gone; without ``known`` it is an import."""
    known = _plain(known)
    if not known and handler.traits.is_regional:
        identifier, region = split_region(identifier)
        known = {"region": region} if region else {}
    state = handler.read(aws, identifier, known)
    if state is None:
        return None
    identifier = wire.text(state, "id") or identifier
    outputs = {
        name: value for name, value in known.items() if name in handler.traits.schema.outputs and name not in state
    }
    outputs |= {**state, "id": identifier}
    return Thing(
        identifier=identifier,
        outputs={name: value for name, value in outputs.items() if value is not None},
        inputs=observed_inputs(handler.traits, inputs, state),
    )


def _what_there_is(
    handler: ResourceHandler, aws: Aws, identifier: str, known: Props, inputs: Props | None = None
) -> Thing:
    """Return what can be told of a thing after a failure."""
    inputs = known if inputs is None else inputs
    try:
        found = read(handler, aws, identifier, known, inputs)
    except ProviderError:
        found = None
    return found or Thing(identifier=identifier, outputs=_plain(known), inputs=inputs)


def _named(handler: ResourceHandler, olds: Props) -> Props:
    """Return the name that AWS's side gave the thing."""
    auto_name = handler.traits.auto_name
    return {auto_name.property: olds[auto_name.property]} if auto_name and auto_name.property in olds else {}


def _plain(props: Props) -> Props:
    return {name: value for name, value in props.items() if not name.startswith("__")}
