"""Errors of a user's input, shown by Pulumi without a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import pulumi

from builder_lambda.errors.base import LayerError


@contextmanager
def as_run_error() -> Iterator[None]:
    """Turn a :class:`LayerError` of the block into a ``pulumi.RunError``, whose text Pulumi shows unchanged."""
    try:
        yield
    except LayerError as error:
        raise pulumi.RunError(str(error)) from error
