"""Locks in the archive store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder_lambda.contract.store_keys import lock_key
from builder_lambda.errors.locks import LockMissing
from builder_lambda.locks.pylock import parse_lock
from builder_lambda.locks.selection import select_wheels

if TYPE_CHECKING:
    from packaging.pylock import Pylock

    from builder_lambda.contract.locked_wheel import LockedWheel
    from builder_lambda.contract.request import BuildRequest
    from builder_lambda.ports.ports import ArchiveStore


def find_lock(lock_sha256: str, store: ArchiveStore) -> Pylock | None:
    """Return a stored lock, or ``None``."""
    text = store.read_text(lock_key(lock_sha256))
    return None if text is None else parse_lock(text)


def locked_wheels(request: BuildRequest, store: ArchiveStore) -> tuple[LockedWheel, ...]:
    """Return the wheels of the request's lock. There are none if it has function code only.

    :raises LockMissing: if the lock is not in the store.
    """
    if request.lock_sha256 is None:
        return ()
    lock = find_lock(request.lock_sha256, store)
    if lock is None:
        raise LockMissing(lock_sha256=request.lock_sha256)
    return select_wheels(lock, request.target)
