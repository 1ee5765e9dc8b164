"""Archive entries and the deterministic zip writer.

The same entries give the same bytes on every machine. libdeflate (``deflate``) compresses. ``zipfile`` cannot write
members that are compressed already, so ``zip_writer`` does.
Public: ``archive``, ``entry``, ``mapped_memory``, ``member_paths``, ``written``, ``zip_writer``.
"""
