"""The two steps of a layer: ``resolve`` and ``build``.

Composes the packages below into one line that reads from top to bottom.
Public: ``build``, ``measuring``, ``resolve``, ``results``, ``runtime_provided``, ``stored_archive``,
``stored_locks``.
"""
