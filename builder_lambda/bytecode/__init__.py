"""Compiles the sources of a layer with the target's own interpreter.

Finds an interpreter, and runs it in fresh processes over batches of sources.
May import: ``ports``, ``distributions`` and the packages below them.
"""
