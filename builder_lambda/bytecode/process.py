"""A process of the target's interpreter that compiles batches of sources."""

from __future__ import annotations

import contextlib
import os
import struct
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from builder_lambda.contract.program_environment import environment_for

if TYPE_CHECKING:
    from builder_lambda.bytecode.interpreter import Interpreter

_WORKER = Path(__file__).with_name("bytecode_worker.py")
_BATCH = struct.Struct("<Q")
_OUTCOME = struct.Struct("<iQ")
_ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "LC_ALL": "C",
    # By default glibc returns memory to the system and requests it again for each file.
    "MALLOC_TRIM_THRESHOLD_": "200000000",
    "MALLOC_TOP_PAD_": "4000000",
}


class BytecodeProcess:
    """Runs ``bytecode_worker.py``, whose docstring describes input and output."""

    def __init__(self, interpreter: Interpreter) -> None:
        """Start the process."""
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self._process = subprocess.Popen(
            # Not -I, which ignores the hash seed. The environment below is safe without it.
            [interpreter.path, "-S", "-s", "-B", "-W", "ignore", str(_WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={**environment_for("bytecode", os.environ), **_ENVIRONMENT},
        )

    def ask(self, requests: bytes) -> tuple[bytes, str | None]:
        """Return the answers to a batch of requests, or why there are none. Then the process can only be closed."""
        assert self._process.stdin is not None  # noqa: S101 - both are pipes
        assert self._process.stdout is not None  # noqa: S101
        status = 0
        try:
            self._process.stdin.write(_BATCH.pack(len(requests)))
            self._process.stdin.write(requests)
            self._process.stdin.flush()
            outcome = self._process.stdout.read(_OUTCOME.size)
        except BrokenPipeError:
            outcome = b""
        if len(outcome) == _OUTCOME.size:
            status, length = _OUTCOME.unpack(outcome)
            answers = self._process.stdout.read(length)
            if not status and len(answers) == length:
                return answers, None
        return b"", f"the compiler ended with status {status or self._end()} {self._last_line()}".strip()

    def close(self) -> None:
        """End the process, and wait for it."""
        self._end()
        self._errors.close()

    def _end(self) -> int:
        with contextlib.suppress(BrokenPipeError), self._process:
            pass  # closes the pipes; the worker exits at the end of its input
        return self._process.wait()

    def _last_line(self) -> str:
        self._errors.seek(0)
        return self._errors.read().decode(errors="replace").strip().rpartition("\n")[2]
