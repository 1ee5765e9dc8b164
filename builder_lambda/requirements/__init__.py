"""Requirement lines, requirements files and ``pyproject.toml``.

Reads what users write into normalised :class:`Requirements`, and reports every error at once.
May import: ``errors``, ``contract``.
"""
