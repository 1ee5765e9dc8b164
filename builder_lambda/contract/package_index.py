"""One package index, and the reference to its login."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from builder_lambda.contract.index_login import LoginReference


@dataclass(frozen=True, kw_only=True, slots=True)
class PackageIndex:
    """One index, and how to be let in. Checked as a part of :class:`IndexOptions`."""

    name: str
    """What it is called in pins and messages."""

    url: str | None = None
    """Its simple repository API (PEP 503, 691), without credentials; ``None`` for CodeArtifact, whose URL follows."""

    login: LoginReference | None = None
    is_explicit: bool = False
    """Whether only the names that are pinned to it are looked for here."""

    ignores_age: bool = False
    """Whether ``exclude_newer`` is not for this index: for one's own packages, and servers without upload times."""

    @property
    def address(self) -> str:
        """The URL, given or that of the CodeArtifact repository."""
        return (self.login and self.login.url) or self.url or ""

    def to_mapping(self) -> dict[str, object]:
        """Return the index as JSON values, without what is not set."""
        mapping: dict[str, object] = {"name": self.name}
        if self.url:
            mapping["url"] = self.url
        if self.login is not None:
            mapping |= self.login.to_mapping()
        mapping |= {"explicit": True} if self.is_explicit else {}
        mapping |= {"ignores_age": True} if self.ignores_age else {}
        return mapping
