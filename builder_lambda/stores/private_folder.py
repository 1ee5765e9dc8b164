"""The cache folder of a user: nobody else may write to it, because what is in it is built and handed out."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from builder_lambda.errors.files import CacheNotPrivate, reporting_os_errors

if TYPE_CHECKING:
    from pathlib import Path


def make_private(folder: Path) -> None:
    """Make a folder for this user alone. One that is there must belong to the user, and others may not write to it.

    :raises CacheNotPrivate: if another user owns it, or others may write to it.
    :raises FileNotWritable: if it cannot be made.
    """
    with reporting_os_errors(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.stat()
    if not hasattr(os, "getuid"):  # Windows has no such modes; its user folders are private
        return
    if status.st_uid != os.getuid():
        raise CacheNotPrivate(path=str(folder), reason=f"it belongs to the user with the id {status.st_uid}")
    is_shared_group = status.st_mode & stat.S_IWGRP and status.st_gid != os.getgid()
    if status.st_mode & stat.S_IWOTH or is_shared_group:
        raise CacheNotPrivate(path=str(folder), reason=f"others may write to it (mode {status.st_mode & 0o777:o})")
