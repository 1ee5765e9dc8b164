"""Resolvers choose versions.

Runs uv, and refines its answers: glibc bounds, local wheels, explanations of failures.
May import: ``indexes`` and the packages below it.
"""
