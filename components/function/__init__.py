"""PythonFunction: a function with its layers.

Packs its code, builds its deployment package, and attaches layers.
Public: ``python_function``, ``python_function_args``.
"""
