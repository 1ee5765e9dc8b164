"""Builds and locks on this machine.

Runs the pipeline with ports that report progress.
Public: every module.
"""
