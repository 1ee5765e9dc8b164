"""What the command line prints and writes.

Tables, JSON, progress, exit codes and output files.
Public: ``exit_codes``, ``file``, ``json``, ``progress``, ``tables``, ``visible``.
"""
