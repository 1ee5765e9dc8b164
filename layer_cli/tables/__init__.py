"""One module for the table of each command.

They import rich, so a command imports its table late: ``--json`` needs none.
Public: every module.
"""
