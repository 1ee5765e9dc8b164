"""Exit codes of the command line. Code 2, a usage error, is click's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder_lambda.errors.indexes import IndexCredentialsMissing, IndexDenied, IndexUnreachable

if TYPE_CHECKING:
    from builder_lambda.errors.base import LayerError

INVALID_INPUT = 1
"""Requirements, a lock, an option or a file must be corrected."""

INDEX_FAILED = 3
"""The package index or the network failed, or the index denied access: the same command may succeed later."""

INTERRUPTED = 130
"""By the user: 128 and the number of SIGINT, as shells report it."""


def exit_code_of(error: LayerError) -> int:
    """Return the exit code for an error."""
    is_of_index = isinstance(error, (IndexUnreachable, IndexDenied, IndexCredentialsMissing))
    return INDEX_FAILED if is_of_index else INVALID_INPUT
