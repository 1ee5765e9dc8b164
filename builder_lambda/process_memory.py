"""How much memory this process has held at most."""

from __future__ import annotations

import sys


def peak_memory_bytes() -> int:
    """Return the most memory that the process has held so far, in bytes."""
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # kilobytes everywhere but on macOS: getrusage(2)
