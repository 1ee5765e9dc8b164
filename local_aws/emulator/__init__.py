"""The inside of the embedded AWS: ministack, with what it lacks for this product.

Runs in ministack's own environment (`requirements/emulator.txt`), so nothing here imports the rest of `local_aws`.
"""
