"""What the exit code of a command says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder_lambda.errors.indexes import IndexCredentialsMissing, IndexDenied, IndexUnreachable

if TYPE_CHECKING:
    from builder_lambda.errors.base import LayerError

ERROR_OF_INPUT = 1
"""Something that was given cannot be used: it has to be changed."""

USAGE = 2
"""The command itself is wrong. click's own."""

ERROR_OF_INDEX = 3
"""The package index or the network failed, or did not let us in: the same command may succeed later."""

INTERRUPTED = 130
"""By the user: 128 and the number of the signal, as shells have it."""


def exit_code_of(error: LayerError) -> int:
    """Return the code that a command ends with after an error."""
    is_of_index = isinstance(error, (IndexUnreachable, IndexDenied, IndexCredentialsMissing))
    return ERROR_OF_INDEX if is_of_index else ERROR_OF_INPUT
