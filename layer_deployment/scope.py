"""The resources that a program deploys, and the rows of the permission table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from layer_deployment.names import Host

Part = Literal["layers", "functions", "codebuild", "local"]
"""Every program has ``layers``. ``local`` is for builds on the machine that runs Pulumi, also in containers."""

Use = Literal["read", "ask", "change"]
"""``read`` reads resources. ``ask`` is for previews: the builder chooses versions. ``change`` is for ``pulumi up``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Permission:
    """A row of the table: actions on one kind of resource."""

    sid: str
    """Statement ID. IAM allows letters and digits only."""

    use: Use
    part: Part
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    """ARN patterns, with fields of a :class:`DeployScope` in braces, ``{layer}`` for each of its layers."""

    why: str
    condition: tuple[str, str] | None = None
    """An IAM condition key and its required value."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DeployScope:
    """The values for the fields of the patterns."""

    account: str
    """Twelve digits."""

    stack: str
    """Name of the Pulumi stack; parameters are below ``/python-layers/<project>/<stack>/``."""

    partition: str = "aws"
    builder: str = "builder"
    """Name of the ``LayerBuilder`` in the program. Its resources are named after it."""

    layers: Sequence[str] = ("*",)
    """Names of the layers in the program."""

    functions: Sequence[str] = ()
    """Names of the ``PythonFunction``s in the program."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """A row of the table, filled in for one scope."""

    permission: Permission
    resources: tuple[str, ...]
    """ARN patterns, filled in."""

    condition: tuple[str, str] | None
    """That of the row, filled in."""


def parts_of(hosts: Iterable[Host], *, has_functions: bool) -> tuple[Part, ...]:
    """Return the parts of a program whose layers are built on these hosts."""
    named = set(hosts)
    parts: list[Part] = ["layers"]
    if has_functions:
        parts.append("functions")
    if named & {"codebuild", "auto"}:
        parts.append("codebuild")
    if named & {"local", "container", "auto"}:
        parts.append("local")
    return tuple(parts)
