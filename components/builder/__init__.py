"""LayerBuilder, and what it deploys.

Buckets, builder functions, CodeBuild projects and their policies.
Public: ``archive_bucket``, ``archive_copy``, ``layer_builder``, ``layer_builder_args``, ``policies``.
"""
