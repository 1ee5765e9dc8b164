"""Imports the stages of a build while a resolver works in another process."""

from __future__ import annotations

from importlib import import_module

_STAGES = (
    "builder_lambda.resolvers.refining",
    "builder_lambda.pipeline.locking",
    "builder_lambda.pipeline.arrival",
    "builder_lambda.pipeline.new_build",
)
"""What follows the choice of versions, in this order."""


def import_pipeline() -> None:
    """Import what a new build needs."""
    for stage in _STAGES:
        import_module(stage)
