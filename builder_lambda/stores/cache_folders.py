"""The folders of the cache of a machine."""

UV_CACHE = "uv-cache"
SOURCE_BUILDS = "source-builds"
ZIG = "zig"
WHEELS = "wheels"

BOUNDED = ("archives", "fragments", "given-locks", "locks", "modules", "outputs", "results", WHEELS)
"""Folders that we keep small: those of the archive store (``contract/store_keys.py``), and downloaded wheels."""

CACHE_FOLDERS = (*BOUNDED, SOURCE_BUILDS, UV_CACHE, ZIG)
"""All folders that builds write to. uv keeps its own in order (``uv cache prune``)."""
