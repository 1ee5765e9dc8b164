"""Create, read and update a resource: call AWS and compute the resource's properties."""

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
    """A resource as AWS has it."""

    identifier: str
    outputs: Props
    inputs: Props
    """The inputs that describe it."""


class InitFailed(Exception):
    """An operation failed after it had made or changed a resource. The engine must keep the resource."""

    def __init__(self, thing: Thing, cause: ProviderError) -> None:
        self.thing = thing
        self.cause = cause
        super().__init__(str(cause))


def create(handler: ResourceHandler, aws: Aws, inputs: Props) -> Thing:
    """Create the resource that ``inputs`` describe.

    :raises ProviderError: if nothing was created.
    :raises InitFailed: if it was created, but does not match ``inputs``.
    """
    try:
        identifier = handler.create(aws, inputs)
    except PartiallyCreated as error:
        raise InitFailed(_after_failure(handler, aws, error.identifier, inputs), error) from error
    try:
        thing = read(handler, aws, identifier, inputs, inputs)
    except ProviderError as error:
        raise InitFailed(Thing(identifier=identifier, outputs=_plain(inputs), inputs=inputs), error) from error
    return thing or Thing(identifier=identifier, outputs=_plain(inputs), inputs=inputs)


def update(handler: ResourceHandler, aws: Aws, identifier: str, olds: Props, inputs: Props, changed: Set[str]) -> Thing:
    """Change the resource to match ``inputs``. ``olds`` are its outputs before.

    :raises InitFailed: if a change failed.
    """
    traits = handler.traits
    kept = {name: value for name, value in olds.items() if name not in traits.schema.inputs or name in traits.computed}
    known = {**kept, **_named(handler, olds), **_plain(inputs)}
    try:
        handler.update(aws, identifier, inputs, changed)
        thing = read(handler, aws, identifier, known, inputs)
    except ProviderError as error:
        raise InitFailed(_after_failure(handler, aws, identifier, known, inputs), error) from error
    return thing or Thing(identifier=identifier, outputs=known, inputs=inputs)


def read(handler: ResourceHandler, aws: Aws, identifier: str, known: Props, inputs: Props) -> Thing | None:
    """Return the current resource, or ``None`` if it is gone. An empty ``known`` means an import."""
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


def _after_failure(
    handler: ResourceHandler, aws: Aws, identifier: str, known: Props, inputs: Props | None = None
) -> Thing:
    """Return what is known about a resource after a failure."""
    inputs = known if inputs is None else inputs
    try:
        found = read(handler, aws, identifier, known, inputs)
    except ProviderError:
        found = None
    return found or Thing(identifier=identifier, outputs=_plain(known), inputs=inputs)


def _named(handler: ResourceHandler, olds: Props) -> Props:
    """Return the generated name of the resource as a property."""
    auto_name = handler.traits.auto_name
    return {auto_name.property: olds[auto_name.property]} if auto_name and auto_name.property in olds else {}


def _plain(props: Props) -> Props:
    return {name: value for name, value in props.items() if not name.startswith("__")}
