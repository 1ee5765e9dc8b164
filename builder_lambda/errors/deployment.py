"""Errors of deploying: names that belong to others, and what AWS refuses."""

from __future__ import annotations

from builder_lambda.errors.base import LayerError


class NameTaken(LayerError, code="name-taken"):
    """A layer or a parameter of this name belongs to another stack, or was made by something else."""

    summary = "the {kind} {name!r} in {region} belongs to {owner}"
    cause = "another project or stack of this account uses the name, or it was made by hand or by another tool"
    remedy = (
        "choose another name: layer_name of the PythonLayer for a layer, parameter_prefix for a parameter; "
        "or destroy the other one first"
    )

    kind: str
    """``layer`` or ``parameter``."""

    name: str
    region: str
    owner: str
    """The stack, or what is known of the owner."""


class AwsRefused(LayerError, code="aws-refused"):
    """AWS refused a call, or could not be reached."""

    summary = "{action} failed in {region}"
    explained_by = ("detail",)
    cause = "what AWS says is above"
    remedy = "correct what AWS names, then run `pulumi up` again: it continues, and publishes nothing twice"

    action: str
    """What was done, such as ``publishing layer web-python313-x86_64``."""

    region: str
    detail: str
