"""The files of a project on an index, and the port that lists them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class IndexedFile:
    """A file of a project on an index."""

    filename: str
    url: str
    """Absolute, without credentials."""

    sha256: str | None = None
    """In lower case hex, if the index has it."""

    size: int | None = None
    """In bytes, if the index has it (PEP 700)."""

    requires_python: str | None = None
    is_yanked: bool = False
    upload_time: datetime | None = None
    """With its offset, if the index has it (PEP 700)."""

    ignores_age: bool = False
    """Whether its index is one that ages are not asked of."""


class IndexListing(Protocol):
    """Lists what an index has."""

    def files(self, name: str) -> Sequence[IndexedFile]:
        """Return the files of a project, in the order of the index.

        :raises UnknownPackage: if the index has no project of the name.
        :raises IndexUnreachable: if the index does not answer.
        """
        ...
