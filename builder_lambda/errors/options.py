"""Errors of options and targets."""

from __future__ import annotations

from builder_lambda.errors.base import LayerError
from builder_lambda.errors.problem import ProblemsError


class InvalidOptions(ProblemsError, code="invalid-options"):
    """Options of a build cannot be used. Lists all of them."""

    cause = "a spelling error, or an option of another version"
    remedy = "correct the options above"

    def _what(self) -> str:
        count = len(self.problems)
        return f"{count} option{'s' if count != 1 else ''} of the build cannot be used"


class InvalidRequest(ProblemsError, code="invalid-request"):
    """A builder was asked in a form that it does not know. Lists everything that is wrong."""

    cause = "the caller is of another version than the builder, or made the request by hand"
    remedy = "deploy the builder again with the version that asks it, or correct the fields above"

    def _what(self) -> str:
        return "the request cannot be read"


class InvalidSlimPattern(LayerError, code="invalid-slim-pattern"):
    """A pattern of include or exclude cannot be read."""

    cause = "a spelling error; the patterns are those of .gitignore"
    remedy = "correct the pattern, for instance 'botocore/data/ec2/' for a folder or '*.txt' for files of any folder"

    pattern: str

    def _what(self) -> str:
        return f"{self.pattern!r} is not a pattern of files"


class UnsupportedTarget(LayerError, code="unsupported-target"):
    """No layer can be built for the runtime or the architecture."""

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
