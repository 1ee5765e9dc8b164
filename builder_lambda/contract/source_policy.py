"""Which projects may be built from source where no wheel of theirs fits. Pure; nothing is allowed by default."""

from __future__ import annotations

from typing import Literal

from builder_lambda.contract.upgrade import names_or_all

AllowSourceBuilds = Literal["all"] | tuple[str, ...]
"""Every project, or these by normalised name. A build runs code of the project, and of what it builds with."""


def allow_source_builds_of(value: object) -> AllowSourceBuilds:
    """Return what may be built: ``"all"``, or the normalised names of a list.

    :raises InvalidOptions: naming everything that is no project name.
    """
    return names_or_all(value, option="allow_source_builds")


def is_allowed(name: str, allowed: AllowSourceBuilds) -> bool:
    """Return whether a project may be built from source."""
    return allowed == "all" or name in allowed
