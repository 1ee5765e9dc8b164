"""Which versions may be chosen, beside what the requirements say. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from packaging.pylock import Pylock

    from builder_lambda.contract.index_listing import IndexedFile
    from builder_lambda.contract.upgrade import Upgrade


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionPolicy:
    """What a resolver is told about versions. By default: keep those of the previous lock."""

    uploaded_before: datetime | None = None
    """Files uploaded later, and files whose index does not tell when, are as if they were not there."""

    upgrade: Upgrade = ()

    find_links: Mapping[str, IndexedFile] = field(default_factory=dict)
    """Wheels on this machine, by project: all there is of these projects, whatever an index has."""

    def kept_of(self, previous: Pylock | None) -> Pylock | None:
        """Return the part of the previous lock whose versions are preferred, or ``None``."""
        if previous is None or self.upgrade == "all":
            return None
        return replace(
            previous, packages=[package for package in previous.packages if package.name not in self.upgrade]
        )


KEEP_VERSIONS = VersionPolicy()


"""Prefers the versions of the previous lock, whatever their age."""
