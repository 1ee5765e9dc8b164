"""The faults of attaching layers to a function, all of them in one message."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from builder_lambda.errors.base import LayerError

if TYPE_CHECKING:
    from collections.abc import Mapping

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
class AttachmentFault:
    """One rule that an attachment breaks."""

    rule: Rule
    reason: str
    remedy: str
    table: tuple[str, ...] = ()
    """Lines with the figures behind the reason."""

    def __str__(self) -> str:
        lines = [f"{self.rule}: {self.reason}", *(f"    {line}" for line in self.table), f"  -> {self.remedy}"]
        return "\n".join(lines)


class InvalidAttachment(LayerError, code="invalid-attachment"):
    """Layers cannot be attached to a function. Holds every rule that is broken, not the first."""

    cause = "layers that were made apart from each other, or for another function"
    remedy = "do what the arrow below each fault says; the function was not changed"

    function: str
    region: str
    faults: tuple[AttachmentFault, ...]

    def __post_init__(self) -> None:
        """Accept mappings, as they come over the wire."""
        given = cast("tuple[AttachmentFault | Mapping[str, Any], ...]", self.faults)
        self.faults = tuple(
            fault if isinstance(fault, AttachmentFault) else AttachmentFault(**fault) for fault in given
        )

    def _what(self) -> str:
        count = len(self.faults)
        return f"the layers of the function {self.function!r} in {self.region} have {count} fault{'s' * (count != 1)}"

    def _details(self) -> tuple[str, ...]:
        return tuple(str(fault) for fault in self.faults)
