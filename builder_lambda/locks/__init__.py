"""Locks: our own (PEP 751), and those of uv, Poetry and pipenv.

Reads, writes and checks them, and selects the wheels of one target.
May import: ``requirements`` and the packages below it.
"""
