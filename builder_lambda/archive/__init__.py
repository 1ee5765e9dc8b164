"""Archive entries and the deterministic zip writer.

The same entries give the same bytes on every machine.
May import: ``errors``, ``contract``.
"""
