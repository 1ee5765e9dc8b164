"""Leaves out what a function does not need at run time.

Rules, the guards that keep what code reads, and the symbols of native libraries.
May import: ``ports``, ``distributions`` and the packages below them.
"""
