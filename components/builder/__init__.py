"""LayerBuilder, and what it deploys.

Buckets, builder functions, CodeBuild projects and their policies.
May import: ``hosts``, ``engine``.
"""
