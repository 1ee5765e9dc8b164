"""One module for the table of each command.

They import rich, so a command imports its table only when it prints one, not for ``--json``.
Public: every module.
"""
