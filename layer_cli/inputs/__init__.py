"""Options that several commands share, and how they are read.

Requirements, locks, indexes, targets, version policies and the cache folder.
Public: ``cache``, ``indexes``, ``locks``, ``requirements``, ``source_builds``, ``targets``, ``versions``.
"""
