"""Where the archive store has wheels that no index has, and how requirement lines refer to them. Pure."""

from __future__ import annotations

import re

STORED_WHEELS = "wheels/"
"""What the keys of wheels begin with."""

_LOCAL_WHEELS = f"{STORED_WHEELS}local/"

LOCAL_SCHEME = "local"
"""Of the URL of a local wheel in a normalised requirement: ``name @ local:<file name>#sha256=<hex>``, which says what
the wheel is, and not where a machine has it."""


_KEY = re.compile(r"wheels/(?:local/[0-9a-f]{64}|[0-9a-f]{64}/[a-z0-9_-]+)/[^/]+\.whl")
"""Of a local wheel by its own sha256; of one that was built here by that of its source, and the target. A user's own
folder called ``wheels`` is told from it."""


def is_store_key(path: str | None) -> bool:
    """Tell whether the path of a locked wheel is a key of the archive store, and not that of a file beside the lock."""
    return path is not None and _KEY.fullmatch(path) is not None


def is_built_key(path: str | None) -> bool:
    """Tell whether the store has a wheel at this key because it was built from source."""
    return is_store_key(path) and not (path or "").startswith(_LOCAL_WHEELS)


def local_wheel_key(sha256: str, filename: str) -> str:
    """Return where the store has a wheel of the user's own."""
    return f"{_LOCAL_WHEELS}{sha256}/{filename}"
