"""The program for containers: a request on standard input, the wheel in a folder, the answer on standard output."""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

from builder_lambda import ARCHITECTURES, Target
from builder_lambda.errors.sdists import SourceBuildsUnavailable
from tests.builder_lambda.sdist_factory import MadeSdist, make_sdist

ROOT = Path(__file__).parents[3]
RUNTIME = f"python{sys.version_info[0]}.{sys.version_info[1]}"
HERE = "x86_64" if platform.machine() == "x86_64" else "arm64"
(ELSEWHERE,) = {*ARCHITECTURES} - {HERE}


def answer(sdist: MadeSdist, folder: Path, architecture: str = HERE) -> dict[str, Any]:
    (folder / sdist.filename).write_bytes(sdist.content)
    source = sdist.for_target(Target.parse(RUNTIME, architecture)).to_mapping()
    done = subprocess.run(
        [sys.executable, "-m", "builder_lambda.hosts.source_entry"],
        input=json.dumps({"source": source, "sdist": str(folder / sdist.filename), "folder": str(folder)}),
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    reply: dict[str, Any] = json.loads(done.stdout)
    return reply


def test_a_wheel_is_left_in_the_folder(tmp_path: Path) -> None:
    reply = answer(make_sdist(build="print('on standard output')"), tmp_path)
    assert reply == {"filename": "demo-1.0-py3-none-any.whl"}
    assert (tmp_path / "demo-1.0-py3-none-any.whl").read_bytes()[:2] == b"PK"


def test_a_build_that_fails_is_answered_with_its_log(tmp_path: Path) -> None:
    assert "ValueError: no" in answer(make_sdist(build="raise ValueError('no')"), tmp_path)["log"]


def test_a_compiler_is_not_taken_for_one_of_another_machine(tmp_path: Path) -> None:
    reply = answer(make_sdist(files={"demo.c": "int demo;"}), tmp_path, ELSEWHERE)
    assert reply["error"]["code"] == SourceBuildsUnavailable.code
