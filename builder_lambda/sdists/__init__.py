"""Builds wheels from source distributions where no wheel fits.

Chooses an sdist, runs its build backend in a subprocess without credentials, and checks the wheel. The library build
calls the backend, and pyelftools reads native libraries. The check of a wheel is ours: auditwheel knows the tags of
PEP 600, but not what the Lambda runtimes hold.
Public: ``codebuild_builder``, ``lambda_builder``, ``on_demand``, ``resolver``.
"""
