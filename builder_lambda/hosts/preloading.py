"""Imports what a build needs, while a resolver works in another process."""

from __future__ import annotations


def import_pipeline() -> None:
    """Import every stage of a new build."""
    import builder_lambda.indexes.availability
    import builder_lambda.indexes.http_wheels
    import builder_lambda.pipeline.arrival
    import builder_lambda.pipeline.locking
    import builder_lambda.pipeline.new_build  # noqa: F401
