"""Build settings that override the project's own when its ``pyproject.toml`` is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder_lambda.contract.urls import without_credentials

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder_lambda.contract.targets import Target


@dataclass(frozen=True, kw_only=True, slots=True)
class ProjectOverrides:
    """The settings of a build that reads a project. The defaults override nothing."""

    targets: Sequence[Target] = ()
    """The targets of the build. The project must allow the Python of each."""

    names_indexes: bool = False
    """True if the build names its indexes. The project's are then ignored."""

    machine_indexes: Sequence[str] = ()
    """URLs of the indexes that this machine uses by default."""

    limits_age: bool = False
    """True if the build limits the age of packages."""

    def asks(self, url: object) -> bool:
        """Return whether an index is one that this machine uses by default."""
        return isinstance(url, str) and _comparable(url) in map(_comparable, self.machine_indexes)


NO_OVERRIDES = ProjectOverrides()


def _comparable(url: str) -> str:
    return without_credentials(url).rstrip("/")
