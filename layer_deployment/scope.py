"""Whose resources a program deploys, and the row of the table of what that needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from layer_deployment.names import Host

Part = Literal["layers", "functions", "codebuild", "local"]
"""``layers`` is what every program has. ``local`` is for builds on the machine that runs Pulumi, in containers too."""

Use = Literal["read", "ask", "change"]
"""``read`` looks; ``ask`` has the builder choose versions, as a preview does; ``change`` is for ``pulumi up``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Permission:
    """Actions that belong together."""

    sid: str
    """Letters only, as IAM wants it."""

    use: Use
    part: Part
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    """ARN patterns, with fields of a :class:`DeployScope` in braces, ``{layer}`` for each of its layers."""

    why: str
    condition: tuple[str, str] | None = None
    """An IAM condition key, and the text that it must equal."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DeployScope:
    """Whose resources: what the patterns of the table are filled with."""

    account: str
    """Twelve digits."""

    stack: str
    """Name of the Pulumi stack; parameters are below ``/python-layers/<stack>/``."""

    partition: str = "aws"
    builder: str = "builder"
    """Name of the ``LayerBuilder`` in the program. All that belongs to it is named after it."""

    layers: Sequence[str] = ("*",)
    """Names of the layers in the program."""

    functions: Sequence[str] = ()
    """Names of the ``PythonFunction``s in the program."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """A row of the table for one scope."""

    permission: Permission
    resources: tuple[str, ...]
    """ARN patterns, filled in."""

    condition: tuple[str, str] | None
    """The row's, filled in."""


def parts_of(hosts: Iterable[Host], *, has_functions: bool) -> tuple[Part, ...]:
    """Return the parts of a program whose layers are built by these hosts."""
    named = set(hosts)
    parts: list[Part] = ["layers"]
    if has_functions:
        parts.append("functions")
    if named & {"codebuild", "auto"}:
        parts.append("codebuild")
    if named & {"local", "container", "auto"}:
        parts.append("local")
    return tuple(parts)
