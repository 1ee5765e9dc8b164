"""Our own builds and their relatives, measured side by side in one run: `python -m benchmarks`."""
