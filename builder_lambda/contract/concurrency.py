"""How many requests a build sends at once."""

PARALLEL_REQUESTS = 8
"""More streams than this gained nothing on a 75 MB/s link. Fewer left it idle between small wheels."""
