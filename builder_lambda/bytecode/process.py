"""A process of a target's interpreter that compiles what it is asked to, until it is closed."""

from __future__ import annotations

import contextlib
import struct
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from builder_lambda.bytecode.interpreter import start_environment

if TYPE_CHECKING:
    from builder_lambda.bytecode.interpreter import Interpreter

_WORKER = Path(__file__).with_name("bytecode_worker.py")
_PORTION = struct.Struct("<Q")
_OUTCOME = struct.Struct("<iQ")
_ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "LC_ALL": "C",
    # glibc would give memory back to the system and ask for it again, at each file.
    "MALLOC_TRIM_THRESHOLD_": "200000000",
    "MALLOC_TOP_PAD_": "4000000",
}


class BytecodeProcess:
    """Runs ``bytecode_worker.py``, whose first lines tell what goes in and out."""

    def __init__(self, interpreter: Interpreter) -> None:
        """Start it."""
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self._process = subprocess.Popen(
            # Not -I: it would ignore the hash seed. The environment holds nothing that it would protect from.
            [interpreter.path, "-S", "-s", "-B", "-W", "ignore", str(_WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            env={**start_environment(), **_ENVIRONMENT},
        )

    def ask(self, requests: bytes) -> tuple[bytes, str | None]:
        """Return the answers to a batch of requests, or why there are none; then this is good for nothing more."""
        assert self._process.stdin is not None  # noqa: S101 - both are pipes
        assert self._process.stdout is not None  # noqa: S101
        status = 0
        try:
            self._process.stdin.write(_PORTION.pack(len(requests)))
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
        return b"", f"the compiler ended with status {status or self._end()} {self._last_words()}".strip()

    def close(self) -> None:
        """End it, and wait for its end."""
        self._end()
        self._complaints.close()

    def _end(self) -> int:
        with contextlib.suppress(BrokenPipeError), self._process:
            pass  # the pipes are closed, which the other side takes for the end of its work
        return self._process.wait()

    def _last_words(self) -> str:
        self._complaints.seek(0)
        return self._complaints.read().decode(errors="replace").strip().rpartition("\n")[2]
