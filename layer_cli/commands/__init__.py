"""One module for each command.

Options are declared at the top of a module; the command itself follows.
May import: every package of ``layer_cli``.
"""
