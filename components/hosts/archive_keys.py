"""Where in an archive bucket the builder keeps what it makes."""

PREFIX = "python-layers/"
"""What all of its keys begin with: its role can touch nothing else in the bucket."""
