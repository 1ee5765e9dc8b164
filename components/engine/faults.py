"""How faults of a user's input leave a Pulumi program: all together, as a message, without a traceback."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import pulumi

from builder_lambda import LayerError
from builder_lambda.errors.several import one_error

Value = TypeVar("Value")


class CollectedErrors:
    """Errors of steps that do not need each other, to be told together."""

    def __init__(self) -> None:
        self._errors: list[LayerError] = []

    def attempt(self, step: Callable[[], Value]) -> Value | None:
        """Return what the step does; ``None`` if it ends with an error, which is kept."""
        try:
            return step()
        except LayerError as error:
            self.add(error)
            return None

    def add(self, error: LayerError) -> None:
        """Keep an error."""
        self._errors.append(error)

    def tell(self) -> None:
        """Raise what was collected.

        :raises LayerError: that tells all of them.
        """
        if self._errors:
            raise one_error(self._errors)


@contextmanager
def as_run_error() -> Iterator[None]:
    """Turn a :class:`LayerError` of the block into a ``pulumi.RunError``, which Pulumi shows as it is."""
    try:
        yield
    except LayerError as error:
        raise pulumi.RunError(str(error)) from error
