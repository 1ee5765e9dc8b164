"""One problem of an input, and the base class of errors that list every problem they found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from builder_lambda.errors.base import LayerError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One reason why an input cannot be used: where it is, and why.

    A subclass adds what its errors sort by or show below the reason.
    """

    place: str
    """What the reason is about: a file, an option, a path or a key; empty for the input as a whole."""

    reason: str
    line: int | None = None
    """Line number in the file, from 1."""

    text: str = ""
    """The text that stands there, without credentials."""

    def __str__(self) -> str:
        place = self.place if self.line is None else f"{self.place}:{self.line}"
        return ": ".join(part for part in (place, self.text, self.reason) if part)


class ProblemsError(LayerError):
    """Base of errors that list every problem of their kind, not only the first."""

    records: ClassVar[Mapping[str, type]] = {"problems": Problem}

    problems: tuple[Problem, ...]

    def _details(self) -> tuple[str, ...]:
        return tuple(str(problem) for problem in self.problems)
