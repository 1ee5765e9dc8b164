"""Resolvers choose versions.

Runs uv, and refines its answers: glibc bounds, local wheels, explanations of failures.
Public: ``concurrent_runner``, ``index_resolver``, ``local_wheels``, ``outside_only``, ``uv``.
"""
