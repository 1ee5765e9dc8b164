"""One module for each command.

Options are declared at the top of a module; the command itself follows.
``layer_cli.main`` imports a command by its name.
"""
