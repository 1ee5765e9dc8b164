"""Options that several commands share, and how they are read.

Requirements, locks, indexes, targets, version policies and the cache folder.
May import: ``layer_cli.output``.
"""
