"""Makes text of packages and files safe to print: a terminal obeys control characters, and bidi controls hide order."""

from __future__ import annotations

import re

_HIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""C0, DEL and C1, bidi controls with line and paragraph separators, and surrogates, which cannot be printed."""


def visible(text: str) -> str:
    """Return text of one line. Characters that a terminal obeys become escapes."""
    return _HIDDEN.sub(lambda found: ascii(found[0])[1:-1], text)


def visible_lines(text: str) -> str:
    """Return text of several lines. All other characters that a terminal obeys become escapes."""
    return "\n".join(map(visible, text.split("\n")))
