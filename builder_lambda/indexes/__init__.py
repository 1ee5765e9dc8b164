"""Package indexes: connections, logins, listings and downloads.

Implements the wheel index and the index listing, with caches in front of them.
May import: ``stores``, ``locks``, ``distributions``, ``ports`` and the packages below them.
"""
