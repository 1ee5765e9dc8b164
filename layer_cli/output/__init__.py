"""What the command line prints and writes.

Tables, JSON, progress, exit codes and output files.
May import: ``builder_lambda`` only.
"""
