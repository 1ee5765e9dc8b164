"""Builder: what answers a resolve or a build request. ``hosts.py`` names the kinds that there are."""

from typing import Protocol

from builder_lambda.contract.request import BuildRequest, BuildResult, ResolveRequest, ResolveResult


class Builder(Protocol):
    """Answers requests; raises a :class:`LayerError` that stands for what went wrong."""

    def resolve(self, request: ResolveRequest) -> ResolveResult:
        """Return the lock of some requirements for a target."""

    def build(self, request: BuildRequest) -> BuildResult:
        """Return what was made of a lock; the archive is in the archive bucket then."""
