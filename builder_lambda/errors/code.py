"""The faults of a function's own code: of its folder, and of its handler."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from builder_lambda.errors.base import LayerError

if TYPE_CHECKING:
    from collections.abc import Mapping


from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True, slots=True)
class CodeFault:
    """One file, or one thing about the folder, that is in the way."""

    path: str
    """Below the code folder, or the folder itself as it was given."""

    reason: str


class InvalidCode(LayerError, code="invalid-code"):
    """A code folder cannot be made the payload of a function. Holds every reason, not the first."""

    cause = "the path is misspelt, a link leads out of the folder, or more is in the folder than the function's code"
    remedy = "correct the paths above, or leave them out: by exclude, or by a .gitignore"

    faults: tuple[CodeFault, ...]

    def __post_init__(self) -> None:
        """Accept mappings, as they come over the wire."""
        given = cast("tuple[CodeFault | Mapping[str, Any], ...]", self.faults)
        self.faults = tuple(fault if isinstance(fault, CodeFault) else CodeFault(**fault) for fault in given)

    def _what(self) -> str:
        return "the code folder cannot be packed"

    def _details(self) -> tuple[str, ...]:
        return tuple(f"{fault.path}: {fault.reason}" for fault in self.faults)


class InvalidHandler(LayerError, code="invalid-handler"):
    """The code has no such handler, so that every invocation would fail."""

    summary = "the handler {handler} is not there: {reason}"
    cause = "a spelling error, or the file is left out of the code"
    remedy = "name a function as <module>.<function>, in a module that is in the code, a layer or a dependency"

    handler: str
    reason: str


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
