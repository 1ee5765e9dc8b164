"""Builds and locks on this machine.

Runs the pipeline with ports that report progress.
May import: ``layer_cli.inputs``, ``layer_cli.output``.
"""
