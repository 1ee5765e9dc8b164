"""Restricts the versions that a resolver may choose, in addition to the requirements."""

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
    """Restrictions on versions. The default keeps the versions of the previous lock."""

    uploaded_before: datetime | None = None
    """Files uploaded later are ignored, and so are files whose upload time the index does not state."""

    upgrade: Upgrade = ()

    find_links: Mapping[str, IndexedFile] = field(default_factory=dict)
    """Wheels on this machine, by project. No index is asked about these projects."""

    def kept_of(self, previous: Pylock | None) -> Pylock | None:
        """Return the part of the previous lock whose versions are preferred, or ``None``."""
        if previous is None or self.upgrade == "all":
            return None
        return replace(
            previous, packages=[package for package in previous.packages if package.name not in self.upgrade]
        )


KEEP_VERSIONS = VersionPolicy()


"""Prefers the versions of the previous lock, whatever their age."""
