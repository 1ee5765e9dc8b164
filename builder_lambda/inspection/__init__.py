"""Reads layer archives that any tool made.

Lists packages, sizes and warnings, and compares two sets of packages.
May import: ``archive`` and the packages below it.
"""
