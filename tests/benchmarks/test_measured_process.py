import os
import sys
from pathlib import Path

import pytest

from benchmarks.measured_process import ProcessFailed, measure
from benchmarks.process_group import resident_memory

HOLD = "import time; held = bytearray(60_000_000); time.sleep(0.3)"


def test_the_memory_of_children_counts(tmp_path: Path) -> None:
    program = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {HOLD!r}], check=True); print('done')"
    took = measure([sys.executable, "-c", program], folder=tmp_path, environ=os.environ)
    assert took.peak_memory_bytes > 60_000_000
    assert took.output == "done\n"


def test_the_error_of_a_failed_process_has_the_end_of_its_output(tmp_path: Path) -> None:
    program = "import sys; print('built half'); sys.exit('no space left')"
    with pytest.raises(ProcessFailed) as caught:
        measure([sys.executable, "-c", program], folder=tmp_path, environ=os.environ)
    assert str(caught.value) == f"{Path(sys.executable).name} ended with status 1:\nbuilt half\nno space left"


def test_an_ended_process_has_no_memory() -> None:
    assert resident_memory(2**30) == (0, 0)


def test_a_process_that_does_not_end_is_stopped_with_its_children(tmp_path: Path) -> None:
    program = "import subprocess, sys; subprocess.run(['sleep', '600'])"
    with pytest.raises(ProcessFailed) as caught:
        measure([sys.executable, "-c", program], folder=tmp_path, environ=os.environ, timeout_seconds=1)
    assert caught.value.output == "it was stopped after 1 seconds"
    assert caught.value.status == -9
