"""Runs a subprocess while other work proceeds."""

from __future__ import annotations

import contextlib
import subprocess
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path


class ConcurrentRunner:
    """A :data:`~builder_lambda.ports.ports.Runner` that works while the program runs."""

    def __init__(
        self, meanwhile: Sequence[Callable[[], object]], on_log_line: Callable[[str], None] | None = None
    ) -> None:
        """Call each of ``meanwhile`` in a thread beside every program, which does not wait for it.

        :param on_log_line: receives each line of the program's standard error as soon as it is printed.
        """
        self._meanwhile = meanwhile
        self._on_log_line = on_log_line

    def __call__(
        self,
        command: Sequence[str],
        *,
        input: str,  # noqa: A002 - as subprocess.run calls it
        cwd: Path,
        env: Mapping[str, str],
        **_options: object,
    ) -> subprocess.CompletedProcess[str]:
        """Run a program that reads all of ``input`` before it prints much. Its standard output is dropped."""
        pipe = subprocess.PIPE
        with subprocess.Popen(
            command, cwd=cwd, env=env, stdin=pipe, stdout=subprocess.DEVNULL, stderr=pipe, text=True
        ) as process:
            for work in self._meanwhile:
                Thread(target=_done_if_possible, args=[work], daemon=True).start()
            assert process.stdin is not None  # noqa: S101 - both are pipes
            assert process.stderr is not None  # noqa: S101
            with contextlib.suppress(BrokenPipeError):  # the program ended without reading it
                process.stdin.write(input)
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
            printed = []
            for line in process.stderr:
                printed.append(line)
                if self._on_log_line is not None:
                    self._on_log_line(line)
        return subprocess.CompletedProcess(command, process.returncode, "", "".join(printed))


def _done_if_possible(work: Callable[[], object]) -> None:
    with contextlib.suppress(Exception):  # the code that needs it does it again, and reports the error
        work()
