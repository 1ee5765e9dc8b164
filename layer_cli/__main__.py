"""``python-layers``, and ``python -m layer_cli``: lock, build, inspect and diff layers from a shell."""

from __future__ import annotations

import atexit
import gc


def main() -> None:
    """Run the command line on the arguments of this process, and end the process with its exit code."""
    # A build makes many values and no cycles: looking for some takes 3 % of its time, and at the end as much again.
    gc.disable()
    atexit.register(gc.freeze)
    from layer_cli.main import commands

    commands(prog_name="python-layers")


if __name__ == "__main__":
    main()
