"""CollectedErrors: errors of independent steps, reported together."""

from collections.abc import Callable
from typing import TypeVar

from builder_lambda.errors.base import LayerError
from builder_lambda.errors.several import one_error

Value = TypeVar("Value")


class CollectedErrors:
    """Runs steps that do not depend on each other, and keeps their errors."""

    def __init__(self) -> None:
        self._errors: list[LayerError] = []

    def attempt(self, step: Callable[[], Value]) -> Value | None:
        """Return the result of a step; ``None`` if it fails, and its error is kept."""
        try:
            return step()
        except LayerError as error:
            self.add(error)
            return None

    def add(self, error: LayerError) -> None:
        """Keep an error, once."""
        if error not in self._errors:
            self._errors.append(error)

    def raise_all(self) -> None:
        """Raise the collected errors as one.

        :raises LayerError: if there are any.
        """
        if self._errors:
            raise one_error(self._errors)
