"""Archive stores: a folder and an S3 bucket.

Implements :class:`~builder_lambda.ports.ports.ArchiveStore`, and bounds the cache of this machine. The bound is ours:
diskcache keeps its files in a database of its own, and our keys are paths that users can read.
Public: every module.
"""
