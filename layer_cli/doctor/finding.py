"""The result of one check, and the verdict over all. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from builder_lambda.errors.base import LayerError

Status = Literal["ok", "warning", "missing", "unchecked"]
"""``warning``: the deployment works without it. ``missing``: the deployment needs it. ``unchecked``: not known."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One line of the report."""

    check: str
    status: Status
    found: str
    """The version, value or error, and its location."""

    remedy: str = ""
    """What to do; empty if nothing is wrong."""

    details: tuple[str, ...] = ()
    """The full list, if ``found`` shortens it."""

    @classmethod
    def of_error(cls, check: str, error: LayerError, *, is_needed: bool) -> Finding:
        """Return the finding for an error of the builder, with the text of that error."""
        return cls(
            check=check,
            status="missing" if is_needed else "warning",
            found=error.what,
            remedy=error.remedy,
            details=error.details,
        )

    @classmethod
    def unchecked(cls, check: str, reason: str, remedy: str = "") -> Finding:
        """Return the finding of a check that could not be completed."""
        return cls(check=check, status="unchecked", found=f"could not be checked: {reason}", remedy=remedy)

    def to_mapping(self) -> dict[str, object]:
        """Return the finding as JSON values."""
        return {
            "check": self.check,
            "status": self.status,
            "found": self.found,
            "remedy": self.remedy,
            "details": list(self.details),
        }


def is_ready(findings: Iterable[Finding]) -> bool:
    """Return whether nothing is missing. Warnings and unchecked items do not count."""
    return all(finding.status != "missing" for finding in findings)
