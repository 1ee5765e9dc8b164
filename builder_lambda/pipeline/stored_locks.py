"""Locks in the archive store."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from builder_lambda.contract.store_keys import lock_key
from builder_lambda.errors.base import LayerError
from builder_lambda.errors.locks import LockAltered, LockMissing
from builder_lambda.locks.pylock import lock_sha256, parse_lock
from builder_lambda.locks.selection import select_wheels

if TYPE_CHECKING:
    from packaging.pylock import Pylock

    from builder_lambda.contract.locked_wheel import LockedWheel
    from builder_lambda.contract.request import BuildRequest
    from builder_lambda.contract.targets import Target
    from builder_lambda.ports.ports import ArchiveStore


def find_lock(digest: str, target: Target, store: ArchiveStore) -> Pylock | None:
    """Return a stored lock, or ``None`` if there is none, or it is not the one that its name says.

    :param digest: ``lock_sha256``, or the sha256 of the text.
    """
    text = store.read_text(lock_key(digest))
    if text is None:
        return None
    lock = parse_lock(text)
    return lock if hashlib.sha256(text.encode()).hexdigest() == digest or _is(lock, digest, target) else None


def locked_wheels(request: BuildRequest, store: ArchiveStore) -> tuple[LockedWheel, ...]:
    """Return the wheels of the request's lock. There are none if it has function code only.

    :raises LockMissing: if the lock is not in the store.
    :raises LockAltered: if another lock is there.
    """
    if request.lock_sha256 is None:
        return ()
    text = store.read_text(key := lock_key(request.lock_sha256))
    if text is None:
        raise LockMissing(lock_sha256=request.lock_sha256)
    wheels = select_wheels(parse_lock(text), request.target)
    if lock_sha256(wheels) != request.lock_sha256:
        raise LockAltered(lock_sha256=request.lock_sha256, place=store.location_of(key))
    return wheels


def _is(lock: Pylock, digest: str, target: Target) -> bool:
    try:
        return lock_sha256(select_wheels(lock, target)) == digest
    except LayerError:
        return False
