"""Errors of function code, its handler, and the user's own modules."""

from __future__ import annotations

from builder_lambda.errors.base import LayerError
from builder_lambda.errors.problem import ProblemsError


class InvalidCode(ProblemsError, code="invalid-code"):
    """A code folder cannot be packed into a deployment package. Lists every reason."""

    cause = "the path is misspelt, a link leads out of the folder, or more is in the folder than the function's code"
    remedy = "correct the paths above, or leave them out: by exclude, or by a .gitignore"

    def _what(self) -> str:
        return "the code folder cannot be packed"


class InvalidHandler(LayerError, code="invalid-handler"):
    """The code has no such handler, so every invocation would fail."""

    summary = "the handler {handler} is not there: {reason}"
    cause = "a spelling error, or the file is left out of the code"
    remedy = "name a function as <module>.<function>, in a module that is in the code, a layer or a dependency"

    handler: str
    reason: str


class InvalidModules(ProblemsError, code="invalid-modules"):
    """Own modules cannot be put into a layer. Lists all of them."""

    cause = "the path is misspelt, or names something that Python cannot import"
    remedy = "name a folder or a .py file whose name is an identifier, without links in it"

    def _what(self) -> str:
        count = len(self.problems)
        return f"{count} own module{'s' if count != 1 else ''} cannot be used"


class ModuleMissing(LayerError, code="module-missing"):
    """The archive store does not have the content of an own module."""

    summary = "the archive store does not have the module {module!r} ({sha256})"
    cause = "the archive bucket was emptied or replaced since the module was stored"
    remedy = "run again, which stores the module, then builds"

    module: str
    sha256: str
