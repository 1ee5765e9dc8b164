"""Check the inputs of a resource, and fill in names and defaults."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local_aws.provider import schema, wire
from local_aws.provider.errors import Problem
from local_aws.provider.policies import invalid_policy, policy_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local_aws.provider.resources.handler import AutoName, ResourceHandler, Traits
    from local_aws.provider.wire import Props

_SUFFIX_DIGITS = 7


@dataclass(frozen=True, kw_only=True, slots=True)
class Naming:
    """The engine's rules for the name of a resource."""

    logical_name: str
    seed: bytes = b""
    """The seed of generated names. Preview and deployment have the same seed, so they generate the same name."""

    is_disabled: bool = False
    """Whether the program must give every name."""

    proposed: str = ""
    """The name from the user's naming rule, or empty."""


def checked_inputs(
    handler: ResourceHandler, olds: Props, news: Props, naming: Naming, region: str
) -> tuple[Props, list[Problem]]:
    """Return the inputs for the deployment, and all problems in the program's inputs.

    ``olds`` are the inputs of the last deployment. A generated name in them is kept.
    """
    traits = handler.traits
    inputs = {
        name: policy_text(value) if name in traits.policies else value
        for name, value in news.items()
        if name != wire.DEFAULTS and value is not None
    }
    problems = [*schema.check(traits.schema.inputs, inputs), *_unsupported(traits, inputs)]
    filled: set[str] = set()
    if traits.is_regional and "region" not in inputs:
        # not a default: the real plugin sets the region before it records the defaults
        inputs["region"] = region
    if traits.auto_name and inputs.get(traits.auto_name.property) is None:
        problems += _name(traits.auto_name, olds, inputs, naming, filled)
    for name, default in traits.defaults.items():
        if name not in inputs:
            inputs[name] = default
            filled.add(name)
    if not problems:  # these checks rely on valid types
        problems += [*_policy_problems(traits, inputs), *handler.check(inputs)]
    inputs[wire.DEFAULTS] = [*sorted(filled)]
    return inputs, sorted(set(problems))


def _unsupported(traits: Traits, inputs: Props) -> Iterator[Problem]:
    for name in inputs:
        if name in traits.schema.inputs and name not in traits.supported:
            yield Problem(
                name,
                "is not supported by this stand-in for pulumi-resource-aws, which serves the embedded AWS; "
                f"for {traits.name}, it supports {', '.join(sorted(traits.supported))}",
            )


def _policy_problems(traits: Traits, inputs: Props) -> Iterator[Problem]:
    for name in sorted(traits.policies):
        value = inputs.get(name)
        if isinstance(value, str) and value != wire.UNKNOWN:
            reason = invalid_policy(value)
            if reason:
                yield Problem(name, reason)


def _name(auto_name: AutoName, olds: Props, inputs: Props, naming: Naming, filled: set[str]) -> Iterator[Problem]:
    """Fill in the name if the program gives none. Yield problems with the name."""
    name = auto_name.property
    if auto_name.prefix_property and inputs.get(auto_name.prefix_property) is not None:
        return
    old_defaults = olds.get(wire.DEFAULTS)
    if isinstance(old_defaults, list) and name in old_defaults and olds.get(name) is not None:
        inputs[name] = olds[name]
    elif naming.is_disabled:
        yield Problem(name, f"automatic naming is disabled, so the program must set {name!r}")
        return
    else:
        inputs[name] = naming.proposed or _generated_name(auto_name, naming)
    filled.add(name)
    generated = wire.text(inputs, name)
    if len(generated) > auto_name.maximum_length:
        yield Problem(
            name, f"the name {generated!r} is longer than {auto_name.maximum_length} characters; set {name!r}"
        )


def _generated_name(auto_name: AutoName, naming: Naming) -> str:
    name = naming.logical_name
    if auto_name.has_suffix:
        digits = hashlib.sha256(naming.seed).hexdigest() if naming.seed else secrets.token_hex(_SUFFIX_DIGITS)
        name = f"{name}-{digits[:_SUFFIX_DIGITS]}"
    return name.lower() if auto_name.is_lower_case else name
