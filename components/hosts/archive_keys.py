"""The keys of the archive bucket."""

PREFIX = "python-layers/"
"""Start of all keys of the builder. Its role may use no others."""
