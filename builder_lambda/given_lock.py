"""Read a lock that the user keeps beside the requirements, of uv, Poetry, pipenv or in the standard's own form.

The one place that knows the file names. Whatever the form is, what comes out is the same as what a resolution of ours
would have stored: the wheels of one target, each with its sha256.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.pylock import is_valid_pylock_path

from builder_lambda.errors import InvalidLock
from builder_lambda.lock import lock_of, lock_sha256, parse_lock, render_lock
from builder_lambda.lock_coverage import covering_wheels
from builder_lambda.lock_errors import LockFault, UnusableLock
from builder_lambda.locked_files import with_keys
from builder_lambda.unreadable_lock import UnreadableLock

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from packaging.pylock import Pylock

    from builder_lambda.index_listing import IndexListing
    from builder_lambda.local_wheel import LocalWheel
    from builder_lambda.targets import Target
    from builder_lambda.wheels import LockedWheel

FORMATS = ("pylock.toml", "pylock.<name>.toml", "uv.lock", "poetry.lock", "Pipfile.lock")
"""The file names of the locks that can be given."""


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
    listing: IndexListing | None = None,
) -> GivenLock:
    """Return what the lock at ``path`` pins for ``target``.

    The project's own dependencies are always chosen: PEP 751's default groups, Poetry's ``main``, pipenv's ``default``.

    :param groups: further dependency groups (PEP 735), or categories of pipenv.
    :param extras: extras of the project.
    :param listing: what to ask for the files of a ``Pipfile.lock``, which names none; this machine's index by default.
        No other form needs the network.
    :raises UnusableLock: with every reason why the lock cannot be read, or does not cover the target.
    :raises IndexUnreachable: if the index is needed and does not answer.
    """
    try:
        lock = _parsed(path, groups, extras, listing)
    except UnreadableLock as error:
        raise UnusableLock(source=path.name, target=target.slug, faults=error.faults) from error
    lock, files = with_keys(lock, path.parent)
    if path.name == "uv.lock":  # uv has made the choice
        groups = extras = ()
    wheels = covering_wheels(lock, target, source=path.name, groups=groups, extras=extras)
    keys = {wheel.path for wheel in wheels}
    return GivenLock(
        text=render_lock(lock_of(wheels)),
        lock_sha256=lock_sha256(wheels),
        wheels=wheels,
        local_wheels=tuple(file for file in files if file.key in keys),
    )


def read_whole_lock(path: Path, *, listing: IndexListing | None = None) -> Pylock:
    """Return the lock at ``path`` for no target in particular: all its packages, with the conditions that they have.

    :param listing: as for :func:`read_lock`.
    :raises InvalidLock: with every reason why it cannot be read.
    :raises IndexUnreachable: if the index is needed and does not answer.
    """
    try:
        return _parsed(path, (), (), listing)
    except UnreadableLock as error:
        raise InvalidLock(reason="\n".join(f"{path.name}: {fault}" for fault in error.faults)) from error


def _parsed(path: Path, groups: Sequence[str], extras: Sequence[str], listing: IndexListing | None) -> Pylock:
    try:
        return _parsed_by_name(path, groups, extras, listing)
    except InvalidLock as error:
        raise UnreadableLock(LockFault(subject="", reason=error.reason)) from error
    except (OSError, UnicodeDecodeError) as error:
        reason = "there is no such file" if isinstance(error, FileNotFoundError) else f"it cannot be read: {error}"
        raise UnreadableLock(LockFault(subject="", reason=reason)) from error


def _parsed_by_name(path: Path, groups: Sequence[str], extras: Sequence[str], listing: IndexListing | None) -> Pylock:
    # The tools' readers are imported for the tool that is there.
    text = path.read_text(encoding="utf-8")
    match path.name:
        case "uv.lock":
            from builder_lambda.uv_lock import export_uv_lock

            return export_uv_lock(path, groups=groups, extras=extras)
        case "poetry.lock":
            from builder_lambda.poetry_lock import parse_poetry_lock

            return parse_poetry_lock(text)
        case "Pipfile.lock":
            from builder_lambda.pipfile_lock import parse_pipfile_lock

            return parse_pipfile_lock(text, listing or _index_of_this_machine(), groups=groups)
        case _ if is_valid_pylock_path(path):
            return parse_lock(text)
        case name:
            reason = f"{name!r} is not the name of a lock; it must be one of {', '.join(FORMATS)}"
            raise UnreadableLock(LockFault(subject="", reason=reason))


def _index_of_this_machine() -> IndexListing:
    from builder_lambda.index_settings import IndexSettings
    from builder_lambda.simple_index import SimpleIndex

    return SimpleIndex(settings=IndexSettings.of(os.environ))
