"""Errors of options and targets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from builder_lambda.errors.base import LayerError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True, slots=True)
class OptionFault:
    """One option that cannot be used."""

    option: str
    reason: str


class InvalidOptions(LayerError, code="invalid-options"):
    """Options of a build cannot be used. Holds all of them."""

    cause = "a spelling error, or an option of another version"
    remedy = "correct the options above"

    faults: tuple[OptionFault, ...]

    def __post_init__(self) -> None:
        """Accept mappings, as they come over the wire."""
        given = cast("tuple[OptionFault | Mapping[str, Any], ...]", self.faults)
        self.faults = tuple(fault if isinstance(fault, OptionFault) else OptionFault(**fault) for fault in given)

    def _what(self) -> str:
        count = len(self.faults)
        return f"{count} option{'s' if count != 1 else ''} of the build cannot be used"

    def _details(self) -> tuple[str, ...]:
        return tuple(f"{fault.option}: {fault.reason}" for fault in self.faults)


class InvalidSlimPattern(LayerError, code="invalid-slim-pattern"):
    """A pattern of what to include or exclude cannot be read."""

    cause = "a spelling error; the patterns are those of .gitignore"
    remedy = "correct the pattern, for instance 'botocore/data/ec2/' for a folder or '*.txt' for files of any folder"

    pattern: str

    def _what(self) -> str:
        return f"{self.pattern!r} is not a pattern of files"


class UnsupportedTarget(LayerError, code="unsupported-target"):
    """The runtime or architecture is not one that is built for."""

    summary = "no layer can be built for runtime {runtime!r} with architecture {architecture!r}"
    cause = "a spelling error, a runtime that this version does not know, or a builder that cannot serve it"
    remedy = "use one of the runtimes and architectures above"

    runtime: str
    architecture: str
    runtimes: tuple[str, ...]
    architectures: tuple[str, ...]
    reason: str = ""

    def _details(self) -> tuple[str, ...]:
        return (self.reason, f"runtimes: {', '.join(self.runtimes)}", f"architectures: {', '.join(self.architectures)}")
