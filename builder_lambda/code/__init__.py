"""Function code and own modules.

Reads folders and files, applies ``.gitignore`` rules, and checks a handler without importing it. ``pathspec``
implements the patterns; the rules around them (nested files, the repository above, ``include``) are ours.
Public: ``folder``, ``handler``, ``modules``, ``packed_code``.
"""
