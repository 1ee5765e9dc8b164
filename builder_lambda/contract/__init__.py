"""Values that callers and builders exchange.

Targets, options, requests, results, package indexes and the keys of the archive store. No I/O.
May import: ``errors``.
"""
