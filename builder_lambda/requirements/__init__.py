"""Requirement lines, requirements files and ``pyproject.toml``.

Reads what users write into normalised :class:`Requirements`, and reports every problem at once. ``packaging`` parses
requirements and checks dependency groups; pip's own parser, as a library, splits files into lines.
Public: ``files``, ``line``, ``local_wheels``, ``project_overrides``, ``pyproject``, ``requirement``,
``requirements``.
"""
