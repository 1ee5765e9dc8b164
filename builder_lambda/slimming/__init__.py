"""Leaves out files that a function does not need at run time.

Holds the rules, the guards that keep what other code reads, and the removal of symbols from native libraries. The ELF
reader is ours: lief and strip move data inside a library, and their bytes change from release to release.
Public: ``layer``.
"""
