"""What a build says that reads a project: for what, and what holds in place of the project's own settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder_lambda.contract.urls import without_credentials

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder_lambda.contract.targets import Target


@dataclass(frozen=True, kw_only=True, slots=True)
class ProjectOverrides:
    """The terms on which a project is read. Without any, nothing is said."""

    targets: Sequence[Target] = ()
    """What is built for: the project must allow the Python of each."""

    names_indexes: bool = False
    """Whether it is said which indexes there are, so that those of the project do not count."""

    machine_indexes: Sequence[str] = ()
    """URLs of the indexes that will be asked anyway."""

    limits_age: bool = False
    """Whether it is said how old packages must be."""

    def asks(self, url: object) -> bool:
        """Tell whether an index is one that will be asked anyway."""
        return isinstance(url, str) and _comparable(url) in map(_comparable, self.machine_indexes)


NO_OVERRIDES = ProjectOverrides()


def _comparable(url: str) -> str:
    return without_credentials(url).rstrip("/")
