"""Carries a lock to the archive bucket of another home region, with the wheels that only a bucket has."""

from builder_lambda.contract.store_keys import is_store_key, lock_key
from builder_lambda.locks.pylock import parse_lock
from builder_lambda.ports.ports import ArchiveStore


def carry_lock(lock_sha256: str, *, source: ArchiveStore, destination: ArchiveStore) -> None:
    """Copy a lock, and the local and built wheels that it names, unless ``destination`` has it.

    The lock comes last: where it is, its wheels are. A build reports what ``source`` lacks.

    :raises BuilderNotPermitted: if AWS denies it.
    """
    key = lock_key(lock_sha256)
    text = source.read_text(key)
    if text is None or destination.read_text(key) is not None:
        return
    lock = parse_lock(text)
    for path in sorted({wheel.path for package in lock.packages for wheel in package.wheels or () if wheel.path}):
        if is_store_key(path) and (content := source.read_bytes(path)) is not None:
            destination.write_bytes(path, content)
    destination.write_text(key, text)
