"""Entry points, and the ports that each of them uses.

Lambda, containers, CodeBuild and this machine; the archive of the builder function.
May import: everything in ``builder_lambda``.
"""
