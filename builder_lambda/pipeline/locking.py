"""From the answer of a resolver to a stored lock of one target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder_lambda.contract.request import ResolveResult
from builder_lambda.contract.store_keys import is_built_key, lock_key
from builder_lambda.errors.problem import Problem
from builder_lambda.errors.requirements import InvalidRequirements
from builder_lambda.locks.pylock import lock_of, lock_sha256, render_lock
from builder_lambda.locks.selection import check_hashes, select_wheels, with_hashes

if TYPE_CHECKING:
    from packaging.pylock import Pylock

    from builder_lambda.ports.ports import ArchiveStore
    from builder_lambda.ports.version_query import VersionQuery


def store_lock(resolved: Pylock, query: VersionQuery, store: ArchiveStore) -> ResolveResult:
    """Select the wheels of the target, check them against the hashes of the requirements, and store their lock.

    :raises InvalidRequirements: if nothing is required for the target.
    :raises NoCompatibleWheel: if a package has no wheel for the target.
    :raises WheelHashMismatch: if a wheel is none of those that the requirements accept.
    """
    target = query.target
    hashes = query.requirements.hashes(target.environment)
    wheels = select_wheels(with_hashes(resolved, hashes), target)
    if not wheels:
        reason = f"no package is required for {target}"
        raise InvalidRequirements(problems=(Problem(place="requirements", reason=reason),))
    # A wheel that was built here is another file than the one of the requirements' hash: that was the sdist.
    check_hashes(tuple(wheel for wheel in wheels if not is_built_key(wheel.path)), hashes)
    digest = lock_sha256(wheels)
    store.write_text(lock_key(digest), render_lock(lock_of(wheels)))
    return ResolveResult(lock_sha256=digest, packages={wheel.name: wheel.version for wheel in wheels})
