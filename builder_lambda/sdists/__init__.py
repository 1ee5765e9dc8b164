"""Builds wheels from source distributions where no wheel fits.

Chooses an sdist, runs its build backend apart and without credentials, and checks the wheel that it makes.
May import: ``indexes``, ``bytecode``, ``inspection``, ``stores`` and the packages below them.
"""
