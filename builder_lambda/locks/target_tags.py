"""The tags of the wheels that a target can load (PEP 425), with the platforms of PEP 600. Pure."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from packaging.tags import compatible_tags, cpython_tags

if TYPE_CHECKING:
    from packaging.tags import Tag

    from builder_lambda.contract.targets import Target

_OLDEST_GLIBC_MINOR = {"x86_64": 5, "aarch64": 17}
"""manylinux1 began at glibc 2.5 (PEP 513); aarch64 came with manylinux2014, glibc 2.17 (PEP 599)."""

_LEGACY_ALIASES = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
"""Names of platforms before PEP 600. A wheel may have only the alias, so both are listed."""


@cache
def target_tags(target: Target) -> tuple[Tag, ...]:
    """Return the tags of the wheels that the target can load, best first."""
    major, minor = map(int, target.python_version.split("."))
    interpreter = f"cp{major}{minor}"
    platforms = list(_platforms(target))
    return (
        *cpython_tags((major, minor), abis=[interpreter], platforms=platforms),
        *compatible_tags((major, minor), interpreter=interpreter, platforms=platforms),
    )


def _platforms(target: Target) -> tuple[str, ...]:
    """Return the platforms from the runtime's glibc down, each alias after its glibc, and plain ``linux`` last."""
    platforms = []
    for minor in range(target.glibc[1], _OLDEST_GLIBC_MINOR[target.machine] - 1, -1):
        platforms.append(f"manylinux_2_{minor}_{target.machine}")
        if minor in _LEGACY_ALIASES:
            platforms.append(f"{_LEGACY_ALIASES[minor]}_{target.machine}")
    return (*platforms, f"linux_{target.machine}")
