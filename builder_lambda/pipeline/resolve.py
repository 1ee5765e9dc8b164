"""Choose versions for requirements and store them as a lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder_lambda.contract.exclude_newer import ExcludeNewer
from builder_lambda.ports.version_policy import VersionPolicy
from builder_lambda.ports.version_query import VersionQuery
from builder_lambda.requirements.requirements import parse_requirements

if TYPE_CHECKING:
    from builder_lambda.contract.request import ResolveRequest, ResolveResult
    from builder_lambda.ports.ports import Ports, Resolver


def resolve(request: ResolveRequest, ports: Ports) -> ResolveResult:
    """Choose versions for the requirements and store them as a lock.

    :raises LayerError: of :meth:`Resolver.resolve`, and ``InvalidRequirements``, ``WheelHashMismatch``.
    """
    query = query_of(request, ports)
    resolver = resolver_for(query, request, ports)
    with ports.reporter.step("choosing versions"):
        resolved = resolver.resolve(query)
    from builder_lambda.pipeline.locking import store_lock  # preloaded while the resolver ran

    return store_lock(resolved, query, ports.store)


def query_of(request: ResolveRequest, ports: Ports) -> VersionQuery:
    """Return the query of a request at this time.

    :raises InvalidRequirements: naming every line that cannot be used.
    """
    previous, limit = None, request.exclude_newer
    if request.previous_lock_sha256:
        from builder_lambda.pipeline.stored_locks import find_lock  # a first resolution has no lock

        previous = find_lock(request.previous_lock_sha256, request.target, ports.store)
    return VersionQuery(
        requirements=parse_requirements(request.requirements, constraints=request.constraints),
        target=request.target,
        previous=previous,
        policy=VersionPolicy(
            uploaded_before=ExcludeNewer.parse(limit).cutoff(ports.now()) if limit else None,
            upgrade=request.upgrade,
        ),
    )


def resolver_for(query: VersionQuery, request: ResolveRequest, ports: Ports) -> Resolver:
    """Return the resolver of a request: that of its indexes, with what else the request needs around it."""
    indexes = ports.open_indexes(request.index)
    resolver = indexes.resolver
    if request.allow_source_builds:
        from builder_lambda.sdists.resolver import SourceBuildingResolver

        resolver = SourceBuildingResolver(indexes, ports, request.allow_source_builds)
    if any(requirement.is_local for requirement in query.requirements.requirements):
        from builder_lambda.resolvers.local_wheels import LocalWheelResolver

        resolver = LocalWheelResolver(resolver, ports.store)
    return resolver
