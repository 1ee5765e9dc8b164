"""The command ``python-layers``, also ``python -m layer_cli``."""

from __future__ import annotations

import gc
import os
import sys
from typing import NoReturn

_FAILED = 1
_INTERRUPTED = 130
"""128 and the number of SIGINT, as shells report it."""


def main() -> NoReturn:
    """Run the command line on the arguments of this process, and end the process with its exit code.

    The process ends without tearing the interpreter down: threads that prefetch wheels or import modules may still run,
    and Python would take the import system away from under them, which ends a process by a signal now and then.
    """
    os._exit(_run())


def _run() -> int:
    """Return the exit code of the command line, after everything that it printed was written."""
    # A build makes many values and no cycles: to look for some takes 3 % of its time.
    gc.disable()
    code = _INTERRUPTED
    try:
        from layer_cli.main import commands

        commands(prog_name="python-layers")
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else _FAILED
    except KeyboardInterrupt:
        _print_error("interrupted\n")
    return code if _has_flushed() else _FAILED


def _has_flushed() -> bool:
    """Write what is buffered. Returns whether the readers of both streams are still there."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        return False
    return True


def _print_error(text: str) -> None:
    try:
        sys.stderr.write(text)
    except OSError:
        return


if __name__ == "__main__":
    main()
