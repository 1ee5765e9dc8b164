"""The problems of attaching layers to a function, all of them in one message."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from builder_lambda.errors.problem import Problem, ProblemsError

Rule = Literal[
    "different-versions",
    "not-a-layer-version",
    "not-answered",
    "not-readable",
    "other-region",
    "over-size-limit",
    "same-layer-twice",
    "too-many-layers",
    "version-gone",
    "wrong-architecture",
    "wrong-runtime",
]
"""Stable names of the rules; ``docs/reference/attachment-checks.md`` explains each."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AttachmentProblem(Problem):
    """One rule that an attachment breaks. Its place is the name of the rule."""

    place: Rule
    remedy: str
    table: tuple[str, ...] = ()
    """Lines with the figures behind the reason."""

    def __str__(self) -> str:
        lines = [f"{self.place}: {self.reason}", *(f"    {line}" for line in self.table), f"  -> {self.remedy}"]
        return "\n".join(lines)


class InvalidAttachment(ProblemsError, code="invalid-attachment"):
    """Layers cannot be attached to a function. Holds every rule that is broken, not the first."""

    cause = "layers that were made apart from each other, or for another function"
    remedy = "do what the arrow below each problem says; the function was not changed"

    function: str
    region: str
    problems: tuple[AttachmentProblem, ...]

    records: ClassVar[Mapping[str, type]] = {"problems": AttachmentProblem}

    def _what(self) -> str:
        count = len(self.problems)
        return f"the layers of the function {self.function!r} in {self.region} have {count} problem{'s' * (count != 1)}"
