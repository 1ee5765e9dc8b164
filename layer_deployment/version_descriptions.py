"""The description of a layer version: which content it has, and which stack published it. Pure.

A list of versions shows descriptions, but no hashes (AWS: ListLayerVersions). So a version is found again by its
description: after a lost answer, after a lost state, and when a layer goes back to an older content.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_DESCRIPTION = re.compile(r"content ([0-9a-f]{64})(?: of (\S{1,150}))?")
_LONGEST_OWNER = 150
"""AWS allows 256 characters in a description (AWS: PublishLayerVersion)."""


@dataclass(frozen=True, slots=True)
class VersionDescription:
    """What the description of a version says."""

    content_hash: str
    owner: str | None = None
    """The stack that published it, see :func:`owner_of`."""

    def __str__(self) -> str:
        return f"content {self.content_hash}" + (f" of {self.owner}" if self.owner else "")

    @classmethod
    def parse(cls, text: str) -> VersionDescription | None:
        """Return what a description says, or ``None`` if it is not one of ours."""
        found = _DESCRIPTION.fullmatch(text)
        return cls(found[1], found[2]) if found else None


def owner_of(project: str, stack: str) -> str:
    """Return the name of a stack as the owner of layers and parameters: ``project/stack``."""
    return f"{project}/{stack}"[:_LONGEST_OWNER]
