"""Builder: the protocol of hosts. :mod:`components.hosts.hosts` lists them."""

from typing import Protocol

from builder_lambda.contract.request import BuildRequest, BuildResult, ResolveRequest, ResolveResult


class Builder(Protocol):
    """Resolves and builds. Problems are raised as :class:`LayerError`."""

    def resolve(self, request: ResolveRequest) -> ResolveResult:
        """Return the lock of requirements for a target."""

    def build(self, request: BuildRequest) -> BuildResult:
        """Build an archive from a lock, store it in the archive bucket, and return its facts."""
