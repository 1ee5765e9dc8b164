"""PythonLayer, and its replica in each region.

Reads the requirements, builds them once, publishes and shares them.
Public: ``layer_source``, ``python_layer``, ``python_layer_args``, ``uploads``.
"""
