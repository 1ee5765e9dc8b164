"""The internal error of lock readers. ``given.py`` turns it into an error of the public tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder_lambda.contract.forms import key_path, wanted_form
from builder_lambda.errors.locks import LockProblem

if TYPE_CHECKING:
    from packaging.pylock import Pylock
    from pydantic import ValidationError


class UnreadableLock(Exception):
    """A lock cannot be read. Holds every reason."""

    def __init__(self, *problems: LockProblem, rest: Pylock | None = None) -> None:
        """Hold the reasons, and the part of the lock that could be read, if any."""
        super().__init__(*problems)
        self.problems = problems
        self.rest = rest

    @classmethod
    def of(cls, error: ValidationError) -> UnreadableLock:
        """Return the problem of every field that does not have the form that the tool writes."""
        return cls(
            *(
                LockProblem(place=key_path(item["loc"]), reason=wanted_form(item), kind="form")
                for item in error.errors()
            )
        )
