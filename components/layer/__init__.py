"""PythonLayer, and its replica in each region.

Reads the requirements, builds them once, publishes and shares them.
May import: ``builder``, ``dynamic``, ``hosts``, ``engine``.
"""
