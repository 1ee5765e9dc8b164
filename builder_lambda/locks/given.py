"""Read a lock that the user keeps beside the requirements, of uv, Poetry, pipenv or in the standard's own form.

The one place that knows the file names. Whatever the form is, what comes out is the same as what a resolution of ours
would have stored: the wheels of one target, each with its sha256.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.pylock import is_valid_pylock_path

from builder_lambda.errors.locks import InvalidLock, LockFault, UnusableLock
from builder_lambda.locks.coverage import covering_wheels
from builder_lambda.locks.local_files import with_keys
from builder_lambda.locks.pylock import lock_of, lock_sha256, parse_lock, render_lock
from builder_lambda.locks.unreadable import UnreadableLock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from packaging.pylock import Pylock

    from builder_lambda.contract.index_listing import IndexListing
    from builder_lambda.contract.locked_wheel import LockedWheel
    from builder_lambda.contract.targets import Target
    from builder_lambda.requirements.local_wheels import LocalWheel

FORMATS = ("pylock.toml", "pylock.<name>.toml", "uv.lock", "poetry.lock", "Pipfile.lock")
"""The file names of the locks that can be given."""

_SILENCE = logging.NullHandler()


@dataclass(frozen=True, kw_only=True, slots=True)
class GivenLock:
    """What a given lock pins for one target."""

    text: str
    """The lock as it is stored: PEP 751, with the wheels of the target and no more."""

    lock_sha256: str
    wheels: tuple[LockedWheel, ...]
    """Ordered by file name."""

    local_wheels: tuple[LocalWheel, ...] = ()
    """Those that are files beside the lock: who builds puts them into the archive store."""

    @property
    def packages(self) -> Mapping[str, str]:
        """Version by canonical name."""
        return {wheel.name: wheel.version for wheel in self.wheels}


def read_lock(
    path: Path,
    target: Target,
    *,
    groups: Sequence[str] = (),
    extras: Sequence[str] = (),
    listing: Callable[[], IndexListing] | None = None,
) -> GivenLock:
    """Return what the lock at ``path`` pins for ``target``.

    The project's own dependencies are always chosen: PEP 751's default groups, Poetry's ``main``, pipenv's ``default``.

    :param groups: further dependency groups (PEP 735), or categories of pipenv.
    :param extras: extras of the project.
    :param listing: opens the index to ask for the files of a ``Pipfile.lock``, which names none.
    :raises UnusableLock: with every reason why the lock cannot be read, or does not cover the target.
    :raises IndexUnreachable: if the index is needed and does not answer.
    """
    known: list[LockFault] = []
    try:
        lock = _parsed(path, groups, extras, listing, target)
    except UnreadableLock as error:
        if error.rest is None:
            raise UnusableLock.of(path.name, str(target), error.faults) from error
        lock = error.rest
        known += error.faults
    lock, files = with_keys(lock, path.parent)
    if path.name == "uv.lock":  # uv has made the choice
        from builder_lambda.locks.uv import group_python_faults

        known += group_python_faults(path.read_text(encoding="utf-8"), target, groups)
        groups = extras = ()
    wheels = covering_wheels(lock, target, source=path.name, groups=groups, extras=extras, known=known)
    keys = {wheel.path for wheel in wheels}
    return GivenLock(
        text=render_lock(lock_of(wheels)),
        lock_sha256=lock_sha256(wheels),
        wheels=wheels,
        local_wheels=tuple(file for file in files if file.key in keys),
    )


def read_whole_lock(path: Path, *, listing: Callable[[], IndexListing] | None = None) -> Pylock:
    """Return the lock at ``path`` for no target in particular: all its packages, with the conditions that they have.

    :param listing: as for :func:`read_lock`.
    :raises InvalidLock: with every reason why it cannot be read.
    :raises IndexUnreachable: if the index is needed and does not answer.
    """
    try:
        return _parsed(path, (), (), listing, None)
    except UnreadableLock as error:
        raise InvalidLock(reason="\n".join(f"{path.name}: {fault}" for fault in error.faults)) from error


def _parsed(
    path: Path,
    groups: Sequence[str],
    extras: Sequence[str],
    listing: Callable[[], IndexListing] | None,
    target: Target | None,
) -> Pylock:
    """Return the lock at ``path``, with what no target needs left out where its tool tells only that way.

    :raises UnreadableLock: with every reason why it cannot be read.
    """
    try:
        text = _text_of(path)
        # The tools' readers are imported for the tool that is there.
        match path.name:
            case "uv.lock":
                from builder_lambda.locks.uv import export_uv_lock

                return export_uv_lock(path, groups=groups, extras=extras)
            case "poetry.lock":
                from builder_lambda.locks.poetry import parse_poetry_lock

                return parse_poetry_lock(text)
            case "Pipfile.lock":
                from builder_lambda.locks.pipfile import parse_pipfile_lock

                if listing is None:
                    raise ValueError("a Pipfile.lock names no files: an index must be given to ask for them")
                return parse_pipfile_lock(
                    text,
                    listing(),
                    groups=groups,
                    environment=None if target is None else target.environment,
                    folder=path.parent,
                )
            case _:
                # Of a newer minor version it logs that it is not supported, which no user is to see as a bare line.
                logging.getLogger("packaging.pylock").addHandler(_SILENCE)
                return parse_lock(text)
    except InvalidLock as error:
        raise _unreadable(error.reason) from error


def _text_of(path: Path) -> str:
    """Return the text of the lock at ``path``.

    :raises UnreadableLock: if there is none, or what there is has not the name or not the look of a lock.
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
        raise _unreadable(f"it has marks of an unfinished merge, from line {lines}; take one side, then lock again")
    return text


def _unreadable(reason: str) -> UnreadableLock:
    return UnreadableLock(LockFault(subject="", reason=reason, kind="form"))
