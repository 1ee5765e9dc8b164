"""PythonFunction: a function with its layers.

Packs its code, builds its deployment package, and attaches layers.
May import: ``layer``, ``builder``, ``dynamic``, ``attachment``, ``hosts``, ``engine``.
"""
