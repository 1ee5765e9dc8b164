"""The command line ``python-layers``.

``main`` finds the commands, ``commands`` has one module for each.
"""
