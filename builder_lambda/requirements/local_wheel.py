"""A wheel that is a file of the user's: known by its name and content, wherever the file is. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from builder_lambda.contract.store_keys import local_wheel_key

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, kw_only=True, order=True, slots=True)
class LocalWheel:
    """A wheel that has to be in the archive store, at :attr:`key`, before it is resolved with or built."""

    filename: str
    sha256: str
    """In lower case hex."""

    file: Path = field(compare=False)
    """Where it is on this machine; no part of what it is."""

    @property
    def key(self) -> str:
        """Where the store has it."""
        return local_wheel_key(self.sha256, self.filename)
