"""The faults of what a build is asked to do: its options, its own modules, its size, its interpreter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from builder_lambda.layer_error import LayerError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "InterpreterMissing",
    "InvalidModules",
    "InvalidOptions",
    "InvalidSlimPattern",
    "ModuleFault",
    "ModuleMissing",
    "OptionFault",
    "OverSizeBudget",
]


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


@dataclass(frozen=True, kw_only=True, slots=True)
class ModuleFault:
    """One module or package of the user's own that cannot be put into a layer."""

    module: str
    reason: str


class InvalidModules(LayerError, code="invalid-modules"):
    """Own modules cannot be put into a layer. Holds all of them."""

    cause = "the path is misspelt, or names something that Python cannot import"
    remedy = "name a folder or a .py file whose name is an identifier, without links in it"

    faults: tuple[ModuleFault, ...]

    def __post_init__(self) -> None:
        """Accept mappings, as they come over the wire."""
        given = cast("tuple[ModuleFault | Mapping[str, Any], ...]", self.faults)
        self.faults = tuple(fault if isinstance(fault, ModuleFault) else ModuleFault(**fault) for fault in given)

    def _what(self) -> str:
        count = len(self.faults)
        return f"{count} own module{'s' if count != 1 else ''} cannot be used"

    def _details(self) -> tuple[str, ...]:
        return tuple(f"{fault.module}: {fault.reason}" for fault in self.faults)


class ModuleMissing(LayerError, code="module-missing"):
    """The archive store does not have the content of an own module."""

    summary = "the archive store does not have the module {module!r} ({sha256})"
    cause = "the archive bucket was emptied or replaced since the module was stored"
    remedy = "run again, which stores the module, then builds"

    module: str
    sha256: str


class EmptyLayer(LayerError, code="empty-layer"):
    """Nothing would be in the layer. AWS takes no archive without a file ("must be a non-empty zip")."""

    summary = "nothing is left to put into the layer"
    cause = "all that is required is left to the runtime (exclude_runtime_provided), or left out by exclude"
    remedy = "attach no layer for these packages, or leave less out"


class OverSizeBudget(LayerError, code="over-size-budget"):
    """The layer unpacks to more than its own budget."""

    summary = "the {subject} unpacks to {unpacked_bytes:,} bytes; its size_budget is {size_budget:,}"
    cause = "the packages above are the biggest"
    remedy = "leave out or slim what is not needed, or raise size_budget"

    unpacked_bytes: int
    size_budget: int
    biggest: tuple[tuple[str, int], ...]
    """The largest distributions with their unpacked bytes, largest first."""

    subject: str = "layer"

    def _details(self) -> tuple[str, ...]:
        return tuple(f"{size / 1_000_000:9,.1f} MB  {name}" for name, size in self.biggest)


class InterpreterMissing(LayerError, code="interpreter-missing"):
    """No interpreter of the runtime's Python version was found, so that nothing can compile for it."""

    cause = "it is not installed on this machine, or only a shim of a version manager is, which does not run it"
    remedy = (
        "install that Python and put it on PATH, or build with --no-bytecode, "
        "or let the builder function of that runtime build the layer"
    )

    python_version: str
    """``major.minor``, such as ``3.13``."""

    tried: tuple[str, ...] = ()
    """Programs of the name that are there and do not run as released CPython of that version."""

    def _what(self) -> str:
        return (
            f"bytecode for Python {self.python_version} cannot be made: there is no CPython {self.python_version} here"
        )

    def _details(self) -> tuple[str, ...]:
        return tuple(f"does not run, or is not what it is called: {path}" for path in self.tried)


class InvalidSlimPattern(LayerError, code="invalid-slim-pattern"):
    """A pattern of what to include or exclude cannot be read."""

    cause = "a spelling error; the patterns are those of .gitignore"
    remedy = "correct the pattern, for instance 'botocore/data/ec2/' for a folder or '*.txt' for files of any folder"

    pattern: str

    def _what(self) -> str:
        return f"{self.pattern!r} is not a pattern of files"
