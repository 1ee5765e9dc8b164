"""Locks as text (PEP 751), and the hash of the wheels of one."""

from __future__ import annotations

import hashlib
import tomllib
from typing import TYPE_CHECKING

import tomli_w
from packaging.pylock import Package, PackageWheel, Pylock, PylockValidationError
from packaging.utils import canonicalize_name
from packaging.version import Version

from builder_lambda.contract.urls import filename_of
from builder_lambda.errors.locks import InvalidLock
from builder_lambda.locks.url_variables import variable_problems

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from builder_lambda.contract.locked_wheel import LockedWheel


def parse_lock(text: str) -> Pylock:
    """Return the lock of a text.

    :raises InvalidLock: if it is not TOML, or not a lock, or if an address holds a variable.
    """
    try:
        lock = Pylock.from_dict(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, PylockValidationError) as error:
        raise InvalidLock(reason=str(error)) from error
    if problems := variable_problems(lock, text):
        raise InvalidLock(reason="\n".join(map(str, problems)))
    return lock


def render_lock(lock: Pylock) -> str:
    """Return the lock as text. Equal locks give equal text."""
    return tomli_w.dumps(lock.to_dict())


def lock_of(wheels: Iterable[LockedWheel]) -> Pylock:
    """Return a lock of these wheels, one for each package, ordered by name and without markers."""
    return Pylock(
        lock_version=Version("1.0"),
        created_by="python-layers",
        packages=[
            Package(
                name=canonicalize_name(wheel.name),
                version=Version(wheel.version),
                wheels=[_pinned(wheel)],
            )
            for wheel in sorted(wheels, key=lambda wheel: wheel.name)
        ],
    )


def lock_sha256(wheels: Sequence[LockedWheel]) -> str:
    """Return the sha256, in hex, over name, version, file name and digest of each wheel.

    URLs are left out: a mirror gives the same hash.
    """
    lines = sorted(f"{wheel.name}\t{wheel.version}\t{wheel.filename}\t{wheel.sha256}\n" for wheel in wheels)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _pinned(wheel: LockedWheel) -> PackageWheel:
    hashes = {"sha256": wheel.sha256}
    if wheel.path:
        return PackageWheel(path=wheel.path, hashes=hashes)
    return PackageWheel(name=_name_not_in(wheel), url=wheel.url, size=wheel.size, hashes=hashes)


def _name_not_in(wheel: LockedWheel) -> str | None:
    """Return the file name if the URL does not end with it. PEP 751 asks for it only then."""
    return None if filename_of(wheel.url) == wheel.filename else wheel.filename
