"""Locks: our own (PEP 751), and those of uv, Poetry and pipenv.

Reads, writes and checks them, and selects the wheels of one target. ``packaging.pylock`` does the work for PEP 751, uv
exports its own lock, and poetry-core parses Poetry's version notation. Poetry's and pipenv's exporters are not used:
they need the tool, an interpreter or the network. ``packageurl-python`` is not used: one line formats our only purl.
Public: ``given``, ``local_files``, ``package_url``, ``pylock``, ``selection``, ``wheel_fit``.
"""
