"""Converts a user's lock file into a stored lock, and remembers the result for the same file."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from builder_lambda import __version__
from builder_lambda.contract.store_keys import given_lock_key, lock_key
from builder_lambda.stores.local_wheels import store_wheels

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from builder_lambda.contract.index_listing import IndexListing
    from builder_lambda.contract.targets import Target
    from builder_lambda.ports.ports import ArchiveStore

_NEEDS_INDEX = "Pipfile.lock"
"""Reading it needs the index, whose answers may change."""


def store_given_lock(
    path: Path,
    target: Target,
    store: ArchiveStore,
    *,
    groups: Sequence[str] = (),
    extras: Sequence[str] = (),
    listing: Callable[[], IndexListing],
) -> str:
    """Store the lock at ``path`` for ``target``, and return its ``lock_sha256``.

    :param listing: opens the index, which lists the files of a ``Pipfile.lock``.
    :raises UnusableLock: if it cannot be read or does not cover the target, with all reasons.
    :raises IndexUnreachable: if the index is needed and does not answer.
    """
    key = _key(path, target, groups, extras)
    known = store.read_text(key) if key else None
    if known and store.read_text(lock_key(known)) is not None:
        return known

    from builder_lambda.locks.given import read_lock

    lock = read_lock(path, target, groups=groups, extras=extras, listing=listing)
    store.write_text(lock_key(lock.lock_sha256), lock.text)
    if lock.local_wheels:
        store_wheels(lock.local_wheels, store)
    elif key:  # local wheels may change, so they are read each time
        store.write_text(key, lock.lock_sha256)
    return lock.lock_sha256


def _key(path: Path, target: Target, groups: Sequence[str], extras: Sequence[str]) -> str | None:
    """Return the key of the result, a hash of its inputs, or ``None`` if they are not only files."""
    if path.name == _NEEDS_INDEX:
        return None
    try:
        content = path.read_bytes()
        # The reader of uv.lock also reads the project beside it.
        project = path.with_name("pyproject.toml").read_bytes() if path.name == "uv.lock" else b""
    except OSError:
        return None  # the reader of the lock reports it
    digests = [hashlib.sha256(part).hexdigest() for part in (content, project)]
    parts = [__version__, path.name, *digests, target.slug, sorted(groups), sorted(extras)]
    return given_lock_key(hashlib.sha256(json.dumps(parts).encode()).hexdigest())
