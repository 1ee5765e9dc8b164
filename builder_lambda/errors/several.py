"""Problems of more than one kind as one error, so that all that is wrong is told together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder_lambda.errors.base import LayerError
from builder_lambda.errors.requirements import InvalidRequirements

if TYPE_CHECKING:
    from collections.abc import Iterable

    from builder_lambda.errors.problem import Problem


class SeveralErrors(LayerError, code="several-errors"):
    """Problems of more than one kind, each told in full."""

    errors: tuple[LayerError, ...]

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)

    def to_mapping(self) -> dict[str, object]:
        """Return the errors as JSON values, each as it would be alone."""
        errors = [error.to_mapping() for error in self.errors]
        return {"code": self.code, "fields": {"errors": errors}, "message": str(self)}


def one_error(errors: Iterable[LayerError]) -> LayerError:
    """Return an error that tells all of these, of which there is one at least.

    Lines of requirements that cannot be used are told as one error, wherever they stand.
    """
    found = [each for error in errors for each in (error.errors if isinstance(error, SeveralErrors) else (error,))]
    lines: list[Problem] = [problem for each in found if type(each) is InvalidRequirements for problem in each.problems]
    told: list[LayerError] = []
    for each in found:
        if type(each) is not InvalidRequirements:
            told.append(each)
        elif lines:
            told.append(InvalidRequirements(problems=tuple(lines)))
            lines = []
    return told[0] if len(told) == 1 else SeveralErrors(errors=tuple(told))
