"""Compiles the sources of a layer with the target's own interpreter.

Finds an interpreter, and runs it in fresh processes over batches of sources. The search is ours: findpython has another
order of search, and accepts previews and debug builds, which compile other bytes. So is the worker: ``compileall``
writes bytes that depend on what it compiled before.
Public: ``host_compiler``, ``interpreter``, ``layer``.
"""
