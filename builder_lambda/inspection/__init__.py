"""Reads layer archives of any tool.

Lists packages, sizes and warnings, and compares two sets of packages. ``pyelftools``, with which slimming reads
libraries, is not used here: the machine of a library is in the first 20 bytes, and other formats are recognised too.
Public: ``contents``, ``package_changes``, ``reading``.
"""
