"""Checks of the layers that a function attaches.

Reads published layer versions, and applies the rules of Lambda.
May import: nothing of ours but ``builder_lambda``.
"""
