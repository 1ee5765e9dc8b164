"""What can be wrong with requirements beyond a line of them, as faults for a user.

Imports nothing of ours but other faults, as ``errors.py`` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from builder_lambda.errors.base import LayerError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One line of requirements that cannot be used."""

    source: str
    """The file, relative to the folder of the first file, or the name that the caller gave to the list."""

    line: int | None
    """Line number, from 1."""

    text: str
    reason: str

    def __str__(self) -> str:
        place = self.source if self.line is None else f"{self.source}:{self.line}"
        return ": ".join(part for part in (place, self.text, self.reason) if part)


class InvalidRequirements(LayerError, code="invalid-requirements"):
    """Lines of the requirements cannot be used. Holds all of them, not the first."""

    cause = "a spelling error, or a line that only pip on a developer's machine can use"
    remedy = "correct the lines above; each must be a PEP 508 requirement such as 'httpx>=0.27'"

    faults: tuple[Fault, ...]

    def __post_init__(self) -> None:
        """Accept mappings, as they come over the wire."""
        given = cast("tuple[Fault | Mapping[str, Any], ...]", self.faults)
        self.faults = tuple(fault if isinstance(fault, Fault) else Fault(**fault) for fault in given)

    def _what(self) -> str:
        count = len(self.faults)
        return f"{count} requirement line{'s' if count != 1 else ''} cannot be used"

    def _details(self) -> tuple[str, ...]:
        return tuple(str(fault) for fault in self.faults)


class UnreadableRequirements(InvalidRequirements, code="unreadable-requirements"):
    """A file of requirements is not there, or is not one. Holds all of them, not the first."""

    cause = "the path is misspelt or leads elsewhere than was meant, or the file is of another kind"
    remedy = "correct the path or the file, as each line above says"

    def _what(self) -> str:
        count = len(self.faults)
        return f"{count} requirements files cannot be read" if count != 1 else "a requirements file cannot be read"


class UrlNotFound(LayerError, code="url-not-found"):
    """Nothing is at a URL that a requirement or a lock names."""

    summary = "nothing is at {url} (HTTP status {status})"
    cause = "the URL is misspelt, the file was deleted or moved since, or the index hides it from who has no login"
    remedy = "correct the URL where it is required, or make the lock again"

    url: str
    """Without credentials, query and fragment."""

    status: int
    """404 or 410."""
