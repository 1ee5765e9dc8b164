"""What can be wrong with requirements beyond a line of them, as faults for a user.

Imports nothing of ours but other faults, as ``errors.py`` does.
"""

from __future__ import annotations

from builder_lambda.errors import InvalidRequirements
from builder_lambda.layer_error import LayerError

__all__ = ["ResolverFailed", "UnreadableRequirements", "UrlNotFound"]


class UnreadableRequirements(InvalidRequirements, code="unreadable-requirements"):
    """A file of requirements is not there, or is not one. Holds all of them, not the first."""

    cause = "the path is misspelt or leads elsewhere than was meant, or the file is of another kind"
    remedy = "correct the path or the file, as each line above says"

    def _what(self) -> str:
        count = len(self.faults)
        return f"{count} requirements files cannot be read" if count != 1 else "a requirements file cannot be read"


class UrlNotFound(LayerError, code="url-not-found"):
    """Nothing is at a URL that a requirement or a lock names."""

    summary = "nothing is at {url} (HTTP status {status})"
    cause = "the URL is misspelt, the file was deleted or moved since, or the index hides it from who has no login"
    remedy = "correct the URL where it is required, or make the lock again"

    url: str
    """Without credentials, query and fragment."""

    status: int
    """404 or 410."""


class ResolverFailed(LayerError, code="resolver-failed"):
    """The resolver ended with words that are none of the known ones."""

    summary = "the resolver {resolver!r} failed"
    explained_by = ("explanation",)
    cause = "something that this release does not know; what the resolver said is above"
    remedy = "correct what it names, if that is yours; else report it with the lines above"

    resolver: str

    explanation: str
    """What the resolver said, whole, without credentials."""
