"""The process of the embedded AWS: ministack, with additions for this product.

It runs in ministack's own environment (`requirements/emulator.txt`), so nothing here imports the rest of `local_aws`.
"""
