"""Compares the builds of this product with those of other tools in one run: `python -m benchmarks`."""
