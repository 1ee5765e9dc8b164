"""Names of projects in their normal form (PEP 503).

Equal to ``packaging.utils``, which a known build has no time to import.
"""

from __future__ import annotations

import re

_SEPARATORS = re.compile(r"[-_.]+")
_NORMAL_FORM = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def normalised(name: str) -> str:
    """Return the name in lower case, with one hyphen for each run of separators."""
    return _SEPARATORS.sub("-", name.lower())


def is_project_name(name: str) -> bool:
    """Return whether the normal form of ``name`` is one of a valid name."""
    return _NORMAL_FORM.fullmatch(normalised(name)) is not None
