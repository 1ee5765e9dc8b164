"""Read a lock that the user gives: a PEP 751 lock, or one of uv, Poetry or pipenv.

The only module that knows the file names. The result is the same for all of them, and for a resolution of ours: the
wheels of one target, each with its sha256.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.pylock import is_valid_pylock_path

from builder_lambda.errors.locks import InvalidLock, LockProblem, UnusableLock
from builder_lambda.locks.coverage import covering_wheels
from builder_lambda.locks.local_files import with_keys
from builder_lambda.locks.pylock import lock_of, lock_sha256, parse_lock, render_lock
from builder_lambda.locks.unreadable import UnreadableLock
from builder_lambda.locks.url_variables import variable_problems

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from packaging.pylock import Pylock

    from builder_lambda.contract.index_listing import IndexListing
    from builder_lambda.contract.locked_wheel import LockedWheel
    from builder_lambda.contract.targets import Target
    from builder_lambda.requirements.local_wheels import LocalWheel

_FOREIGN = ("uv.lock", "poetry.lock", "Pipfile.lock")
FORMATS = ("pylock.toml", "pylock.<name>.toml", *_FOREIGN)
"""The file names of the locks that can be given."""

# packaging logs that it does not support a newer minor version. Users should not see that as a bare line.
logging.getLogger("packaging.pylock").addHandler(logging.NullHandler())


@dataclass(frozen=True, kw_only=True, slots=True)
class GivenLock:
    """The wheels that a given lock pins for one target."""

    text: str
    """The lock to store: PEP 751, with the wheels of the target only."""

    lock_sha256: str
    wheels: tuple[LockedWheel, ...]
    """Ordered by file name."""

    local_wheels: tuple[LocalWheel, ...] = ()
    """Wheels that are files beside the lock. The caller uploads them to the store."""

    @property
    def packages(self) -> Mapping[str, str]:
        """Return the versions by canonical name."""
        return {wheel.name: wheel.version for wheel in self.wheels}


def read_lock(
    path: Path,
    target: Target,
    *,
    groups: Sequence[str] = (),
    extras: Sequence[str] = (),
    listing: Callable[[], IndexListing] | None = None,
) -> GivenLock:
    """Return the wheels that the lock at ``path`` pins for ``target``.

    The project's own dependencies are always chosen: PEP 751's default groups, Poetry's ``main``, pipenv's ``default``.

    :param groups: further dependency groups (PEP 735), or categories of pipenv.
    :param extras: extras of the project.
    :param listing: opens the index that lists the files of a ``Pipfile.lock``, which names none.
    :raises UnusableLock: with every reason why the lock cannot be read, or does not cover the target.
    :raises IndexUnreachable: if the index is needed and does not answer.
    """
    known: list[LockProblem] = []
    try:
        lock = _parsed(path, groups, extras, listing, target)
    except UnreadableLock as error:
        if error.rest is None:
            raise UnusableLock.of(path.name, str(target), error.problems) from error
        lock = error.rest
        known += error.problems
    lock, files = with_keys(lock, path.parent)
    wheels = covering_wheels(lock, target, source=path.name, groups=groups, extras=extras, known=known)
    keys = {wheel.path for wheel in wheels}
    return GivenLock(
        text=render_lock(lock_of(wheels)),
        lock_sha256=lock_sha256(wheels),
        wheels=wheels,
        local_wheels=tuple(file for file in files if file.key in keys),
    )


def read_whole_lock(path: Path, *, listing: Callable[[], IndexListing] | None = None) -> Pylock:
    """Return the lock at ``path`` with all its packages, each with its conditions.

    :param listing: as for :func:`read_lock`.
    :raises InvalidLock: with every reason why it cannot be read.
    :raises IndexUnreachable: if the index is needed and does not answer.
    """
    try:
        return _parsed(path, (), (), listing, None)
    except UnreadableLock as error:
        raise InvalidLock(reason="\n".join(f"{path.name}: {problem}" for problem in error.problems)) from error


def _parsed(
    path: Path,
    groups: Sequence[str],
    extras: Sequence[str],
    listing: Callable[[], IndexListing] | None,
    target: Target | None,
) -> Pylock:
    """Return the lock at ``path``.

    :raises UnreadableLock: with every reason why it cannot be read.
    """
    try:
        text = _text_of(path)
        if path.name not in _FOREIGN:
            return parse_lock(text)
        from builder_lambda.locks.foreign import parse_foreign_lock

        lock = parse_foreign_lock(path, text, groups=groups, extras=extras, listing=listing, target=target)
    except InvalidLock as error:
        raise _unreadable(error.reason) from error
    if problems := variable_problems(lock, text):
        raise UnreadableLock(*problems)
    return lock


def _text_of(path: Path) -> str:
    """Return the text of the lock at ``path``.

    :raises UnreadableLock: if there is no such file, or it does not have the name or the form of a lock.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise _unreadable("there is no such file") from error
    except IsADirectoryError as error:
        raise _unreadable("it is a folder; name the lock in it") from error
    except OSError as error:
        raise _unreadable(f"it cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise _unreadable(f"it cannot be read: {error}") from error
    if path.name not in FORMATS and not is_valid_pylock_path(path):
        raise _unreadable(f"{path.name!r} is not the name of a lock; it must be one of {', '.join(FORMATS)}")
    marked = [number for number, line in enumerate(text.splitlines(), start=1) if line.startswith("<<<<<<< ")]
    if marked:
        lines = ", ".join(map(str, marked))
        raise _unreadable(f"it has conflict markers of a merge, at line {lines}; take one side, then lock again")
    return text


def _unreadable(reason: str) -> UnreadableLock:
    return UnreadableLock(LockProblem(place="", reason=reason, kind="form"))
