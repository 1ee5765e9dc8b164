"""Choose versions for requirements and store them as a lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder_lambda.contract.exclude_newer import ExcludeNewer
from builder_lambda.pipeline.locking import store_lock
from builder_lambda.pipeline.stored_locks import find_lock
from builder_lambda.ports.version_policy import VersionPolicy
from builder_lambda.ports.version_query import VersionQuery
from builder_lambda.requirements.requirements import parse_requirements
from builder_lambda.resolvers.local_wheels import LocalWheelFiles
from builder_lambda.sdists.resolver import SourceBuildingResolver

if TYPE_CHECKING:
    from builder_lambda.contract.request import ResolveRequest, ResolveResult
    from builder_lambda.ports.ports import Ports, Resolver


def resolve(request: ResolveRequest, ports: Ports) -> ResolveResult:
    """Choose versions for the requirements and store them as a lock.

    :raises LayerError: of :meth:`Resolver.resolve`, and ``InvalidRequirements``, ``WheelHashMismatch``.
    """
    query = query_of(request, ports)
    resolver = _resolver(request, ports)
    files = LocalWheelFiles(query, ports.store)
    with files.opened() as asked, ports.reporter.step("choosing versions"):
        lock = files.with_store_keys(resolver.resolve(asked))
    return store_lock(lock, query, ports.store)


def query_of(request: ResolveRequest, ports: Ports) -> VersionQuery:
    """Return the query of a request at this time.

    :raises InvalidRequirements: naming every line that cannot be used.
    """
    previous, limit = request.previous_lock_sha256, request.exclude_newer
    return VersionQuery(
        requirements=parse_requirements(request.requirements, constraints=request.constraints),
        target=request.target,
        previous=find_lock(previous, ports.store) if previous else None,
        policy=VersionPolicy(
            uploaded_before=ExcludeNewer.parse(limit).cutoff(ports.now()) if limit else None,
            upgrade=request.upgrade,
        ),
    )


def _resolver(request: ResolveRequest, ports: Ports) -> Resolver:
    indexes = ports.open_indexes(request.index)
    allowed = request.allow_source_builds
    return SourceBuildingResolver(indexes, ports, allowed) if allowed else indexes.resolver
