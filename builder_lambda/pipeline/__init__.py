"""The two steps of a layer: ``resolve`` and ``build``.

Composes the packages below into one line that reads from top to bottom.
May import: every package but ``hosts``.
"""
