"""One error for errors of more than one kind, so that all problems are reported together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder_lambda.errors.base import LayerError
from builder_lambda.errors.requirements import InvalidRequirements

if TYPE_CHECKING:
    from collections.abc import Iterable

    from builder_lambda.errors.problem import Problem


class SeveralErrors(LayerError, code="several-errors"):
    """Errors of more than one kind, each with its whole text."""

    errors: tuple[LayerError, ...]

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)

    def to_mapping(self) -> dict[str, object]:
        """Return the errors as JSON values, each as it would be alone."""
        errors = [error.to_mapping() for error in self.errors]
        return {"code": self.code, "fields": {"errors": errors}, "message": str(self)}


def one_error(errors: Iterable[LayerError]) -> LayerError:
    """Return one error that reports all of these. There must be at least one.

    Invalid requirement lines become one error, whatever their file.
    """
    found = [each for error in errors for each in (error.errors if isinstance(error, SeveralErrors) else (error,))]
    lines: list[Problem] = [problem for each in found if type(each) is InvalidRequirements for problem in each.problems]
    merged: list[LayerError] = []
    for each in found:
        if type(each) is not InvalidRequirements:
            merged.append(each)
        elif lines:
            merged.append(InvalidRequirements(problems=tuple(lines)))
            lines = []
    return merged[0] if len(merged) == 1 else SeveralErrors(errors=tuple(merged))
