"""Fills in the table of permissions for one program. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layer_deployment.names import dependencies_layer
from layer_deployment.permissions import PERMISSIONS
from layer_deployment.scope import Grant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from layer_deployment.scope import DeployScope, Part, Permission, Use


def grants(
    scope: DeployScope,
    *,
    parts: Sequence[Part] = ("layers",),
    uses: Sequence[Use] = ("read", "ask", "change"),
) -> tuple[Grant, ...]:
    """Return the filled-in rows of these parts and uses. Rows without a resource in the scope are left out."""
    rows = (row for row in PERMISSIONS if row.part in parts and row.use in uses)
    filled = ((row, tuple(_filled(row.resources, scope))) for row in rows)
    return tuple(
        Grant(permission=row, resources=resources, condition=_condition(row, scope))
        for row, resources in filled
        if resources
    )


def _condition(row: Permission, scope: DeployScope) -> tuple[str, str] | None:
    return row.condition and (row.condition[0], row.condition[1].format(partition=scope.partition))


def _filled(patterns: Sequence[str], scope: DeployScope) -> Iterator[str]:
    dependencies = [*map(dependencies_layer, scope.functions)]
    layers = scope.layers if "*" in scope.layers else [*scope.layers, *dependencies]
    several: Mapping[str, Sequence[str]] = {"{layer}": layers, "{function}": scope.functions}
    for pattern in patterns:
        names = next((names for mark, names in several.items() if mark in pattern), ("",))
        for name in names:
            yield pattern.format(
                partition=scope.partition,
                account=scope.account,
                stack=scope.stack,
                builder=scope.builder,
                layer=name,
                function=name,
            )
