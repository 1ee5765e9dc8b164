"""Choose versions for requirements and store them as a lock.

What follows the choice is imported after it: the resolver, which is another process, is started without delay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder_lambda.contract.exclude_newer import ExcludeNewer
from builder_lambda.pipeline.stored_locks import find_lock
from builder_lambda.ports.version_policy import VersionPolicy
from builder_lambda.requirements.requirements import parse_requirements
from builder_lambda.resolvers.local_wheels import LocalWheelResolver

if TYPE_CHECKING:
    from datetime import datetime

    from builder_lambda.contract.request import ResolveRequest, ResolveResult
    from builder_lambda.ports.ports import Ports, Resolver


def resolve(request: ResolveRequest, ports: Ports) -> ResolveResult:
    """Choose versions for the requirements and store them as a lock.

    :raises LayerError: of :meth:`Resolver.resolve`, and ``InvalidRequirements``, ``WheelHashMismatch``.
    """
    requirements = parse_requirements(request.requirements, constraints=request.constraints)
    previous = find_lock(request.previous_lock_sha256, ports.store) if request.previous_lock_sha256 else None
    ports = ports.at(request.index)
    resolver: Resolver = LocalWheelResolver(ports.resolver, ports.store)
    if request.allow_source_builds:
        from builder_lambda.sdists.resolver import SourceBuildingResolver

        resolver = SourceBuildingResolver(resolver, ports, request.allow_source_builds)
    policy = policy_of(request, ports.now())
    resolved = resolver.resolve(requirements, request.target, previous=previous, policy=policy)

    from builder_lambda.pipeline.locking import store_lock

    return store_lock(resolved, requirements, request.target, ports.store)


def policy_of(request: ResolveRequest, now: datetime) -> VersionPolicy:
    """Return which versions may be chosen at this time."""
    limit = request.exclude_newer
    before = None if limit is None else ExcludeNewer.parse(limit).cutoff(now)
    return VersionPolicy(uploaded_before=before, upgrade=request.upgrade)
