"""Measures our download of all wheels of a lock alone: no start of Python, no layout, no archive.

`python -m benchmarks.wheel_transfer LOCK RUNTIME ARCHITECTURE` prints the seconds.
"""

import os
import sys
import time
from pathlib import Path

from benchmarks.measured_process import measure
from benchmarks.tool import Case
from builder_lambda import Target
from builder_lambda.indexes.http_wheels import HttpWheelIndex
from builder_lambda.indexes.settings import IndexSettings
from builder_lambda.locks.given import read_lock


def transfer_seconds(case: Case, folder: Path) -> float:
    """Return the seconds from the first connection until the last wheel is in memory and its sha256 is checked.

    :raises benchmarks.measured_process.ProcessFailed: if a wheel cannot be downloaded.
    """
    words = (sys.executable, "-m", "benchmarks.wheel_transfer", str(case.lock), case.runtime, case.toolbox.architecture)
    took = measure(words, folder=folder, environ={**case.toolbox.environ, "PYTHONPATH": str(case.toolbox.root)})
    return float(took.output)


def main() -> None:
    """Download the wheels once, and print the seconds."""
    import urllib3  # noqa: F401 - a running builder has imported it already

    lock, runtime, architecture = sys.argv[1:]
    wheels = read_lock(Path(lock), Target.parse(runtime, architecture)).wheels
    index = HttpWheelIndex(settings=IndexSettings.of(os.environ))
    began = time.perf_counter()
    fetched = list(index.fetch(wheels))
    seconds = time.perf_counter() - began
    assert len(fetched) == len(wheels)  # noqa: S101 - otherwise the figure is meaningless
    sys.stdout.write(f"{seconds}\n")


if __name__ == "__main__":
    main()
