"""How faults of a user's input leave a Pulumi program: as a message, without a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import pulumi

from builder_lambda import LayerError


@contextmanager
def told_without_traceback() -> Iterator[None]:
    """Turn a :class:`LayerError` of the block into a ``pulumi.RunError``, which Pulumi shows as it is."""
    try:
        yield
    except LayerError as error:
        raise pulumi.RunError(str(error)) from error
