"""Errors of requirements: their lines, their files, and the URLs that they name."""

from __future__ import annotations

from builder_lambda.errors.base import LayerError
from builder_lambda.errors.problem import ProblemsError


class InvalidRequirements(ProblemsError, code="invalid-requirements"):
    """Lines of the requirements cannot be used. Lists all of them."""

    cause = "a spelling error, or a line that only pip on a developer's machine can use"
    remedy = "correct the lines above; each must be a PEP 508 requirement such as 'httpx>=0.27'"

    def _what(self) -> str:
        count = len(self.problems)
        return f"{count} requirement line{'s' if count != 1 else ''} cannot be used"


class UnreadableRequirements(InvalidRequirements, code="unreadable-requirements"):
    """A requirements file does not exist or cannot be read. Lists all of them."""

    cause = "the path is misspelt or leads elsewhere than was meant, or the file is of another kind"
    remedy = "correct the path or the file, as each line above says"

    def _what(self) -> str:
        count = len(self.problems)
        return f"{count} requirements files cannot be read" if count != 1 else "a requirements file cannot be read"


class UrlNotFound(LayerError, code="url-not-found"):
    """Nothing is at a URL that a requirement or a lock names."""

    summary = "nothing is at {url} (HTTP status {status})"
    cause = "the URL is misspelt, the file was deleted or moved since, or the index requires a login to see it"
    remedy = "correct the URL where it is required, or make the lock again"

    url: str
    """Without credentials, query and fragment."""

    status: int
    """404 or 410."""
