"""From what the program gives to the inputs of a resource: names made up, defaults filled in, problems found."""

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
    """How the engine wants a resource to be named."""

    logical_name: str
    seed: bytes = b""
    """The same for the preview and for the deployment, so that both make up the same name."""

    is_disabled: bool = False
    """The user wants every name to be given by the program."""

    proposed: str = ""
    """The name that the user's naming rule makes."""


def checked_inputs(
    handler: ResourceHandler, olds: Props, news: Props, naming: Naming, region: str
) -> tuple[Props, list[Problem]]:
    """Return the inputs to deploy with, and everything that is wrong with what the program gave.

    ``olds`` are the inputs of the last deployment, whose made-up name is kept.
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
        # not among the defaults: the real plugin sets it before it notes them
        inputs["region"] = region
    if traits.auto_name and inputs.get(traits.auto_name.property) is None:
        problems += _name(traits.auto_name, olds, inputs, naming, filled)
    for name, default in traits.defaults.items():
        if name not in inputs:
            inputs[name] = default
            filled.add(name)
    if not problems:  # the rest may rely on types
        problems += [*_policy_problems(traits, inputs), *handler.check(inputs)]
    inputs[wire.DEFAULTS] = [*sorted(filled)]
    return inputs, sorted(set(problems))


def _unsupported(traits: Traits, inputs: Props) -> Iterator[Problem]:
    for name in inputs:
        if name in traits.schema.inputs and name not in traits.supported:
            yield Problem(
                name,
                "is not supported by this stand-in for pulumi-resource-aws, which serves the embedded AWS; "
                f"{traits.name} takes {', '.join(sorted(traits.supported))} here",
            )


def _policy_problems(traits: Traits, inputs: Props) -> Iterator[Problem]:
    for name in sorted(traits.policies):
        value = inputs.get(name)
        if isinstance(value, str) and value != wire.UNKNOWN:
            reason = invalid_policy(value)
            if reason:
                yield Problem(name, reason)


def _name(auto_name: AutoName, olds: Props, inputs: Props, naming: Naming, filled: set[str]) -> Iterator[Problem]:
    """Fill in the name of a resource that the program did not name."""
    name = auto_name.property
    if auto_name.prefix_property and inputs.get(auto_name.prefix_property) is not None:
        return
    old_defaults = olds.get(wire.DEFAULTS)
    if isinstance(old_defaults, list) and name in old_defaults and olds.get(name) is not None:
        inputs[name] = olds[name]
    elif naming.is_disabled:
        yield Problem(name, f"automatic naming is disabled, and the program gives no {name!r}")
        return
    else:
        inputs[name] = naming.proposed or _made_up_name(auto_name, naming)
    filled.add(name)
    made_up = wire.text(inputs, name)
    if len(made_up) > auto_name.maximum_length:
        yield Problem(
            name, f"the name {made_up!r} is longer than {auto_name.maximum_length} characters; give a {name!r}"
        )


def _made_up_name(auto_name: AutoName, naming: Naming) -> str:
    name = naming.logical_name
    if auto_name.has_suffix:
        digits = hashlib.sha256(naming.seed).hexdigest() if naming.seed else secrets.token_hex(_SUFFIX_DIGITS)
        name = f"{name}-{digits[:_SUFFIX_DIGITS]}"
    return name.lower() if auto_name.is_lower_case else name
