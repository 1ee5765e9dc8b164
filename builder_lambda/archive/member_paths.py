"""Decide which paths may be in an archive: of members, scripts, modules and function code.

Pure. A path is plain if every tool reads the same name from it, shows it as it is, and can create its file on Linux.
Letters of every script are plain, and so are the joiners that some scripts need.
"""

from __future__ import annotations

import re

_REFUSED = {
    r"\x00-\x1f": "control characters (C0), with NUL, which cuts a name off, and escape, which starts a terminal code",
    r"\x7f-\x9f": "DEL and control characters (C1)",
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069": "bidi controls, which show a name in another order (UAX 9)",
    r"\u2028\u2029": "line and paragraph separators",
    r"\ud800-\udfff": "half of a surrogate pair, which is no text in UTF-8",
    r"\\": "the separator of Windows",
}
"""Characters that no path may have, as ranges of a regular expression, each with what it is."""

UNSAFE = re.compile(rf"[{''.join(_REFUSED)}]|(?:\A|/)\.{{0,2}}(?:/|\Z)|\A[^/]*:")
"""A refused character, an empty part or one of dots, or a drive letter."""

LONGEST_PART = 255
"""Bytes of one part of a path, on every file system of Linux (limits.h: NAME_MAX)."""

LONGEST_PATH = 4_096 - 64
"""Bytes of a path in an archive. Linux allows 4,096 (limits.h: PATH_MAX), of which the longest folder takes 42."""


def why_refused(path: str) -> str | None:
    """Return why an archive may not have this path, or ``None`` if it may. The reason follows the name of the file."""
    if UNSAFE.search(path):
        return "has an unsafe path"
    if len(path) <= LONGEST_PART // 4:
        return None
    if len(path.encode()) > LONGEST_PATH:
        return f"has a path of more than {LONGEST_PATH:,} bytes"
    if any(len(part.encode()) > LONGEST_PART for part in path.split("/")):
        return "has a name that is too long for a file system"
    return None
