"""Archive entries and the deterministic zip writer.

The same entries give the same bytes on every machine: libdeflate (``deflate``) packs, and ``zip_writer`` writes what
``zipfile`` could not, members that are packed already.
May import: ``errors``, ``contract``.
"""
