"""Archive stores: a folder and an S3 bucket.

Implements :class:`~builder_lambda.ports.ports.ArchiveStore`, and bounds the cache of this machine.
May import: ``ports`` and the packages below it.
"""
