"""Remembering a process so that no other is ever taken for it."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from local_aws.processes.pid_file import ProcessRecord


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        yield process
        process.kill()


def test_a_record_finds_its_process_again(sleeper: subprocess.Popen[bytes], tmp_path: Path) -> None:
    ProcessRecord.of(sleeper.pid).write(tmp_path / "pid")

    record = ProcessRecord.read(tmp_path / "pid")

    assert record is not None
    process = record.process()
    assert process is not None
    assert process.pid == sleeper.pid


def test_a_later_process_of_the_same_id_is_left_alone(sleeper: subprocess.Popen[bytes]) -> None:
    record = replace(ProcessRecord.of(sleeper.pid), started=ProcessRecord.of(sleeper.pid).started - 60)

    assert record.process() is None
    assert not record.stop(patience_seconds=1)
    assert sleeper.poll() is None


def test_a_process_is_stopped_even_if_it_will_not_listen() -> None:
    source = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()

        assert ProcessRecord.of(process.pid).stop(patience_seconds=0.2)

    assert process.returncode is not None


def test_a_record_that_is_missing_or_torn_names_no_process(tmp_path: Path) -> None:
    (tmp_path / "torn").write_text('{"pid": 1')

    assert ProcessRecord.read(tmp_path / "missing") is None
    assert ProcessRecord.read(tmp_path / "torn") is None
