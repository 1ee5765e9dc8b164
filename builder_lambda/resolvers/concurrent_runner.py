"""Runs a subprocess within a limit of time and memory, while other work proceeds."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
from threading import Event, Thread, Timer
from typing import TYPE_CHECKING

from builder_lambda.contract.bounds import RESOLVER_DATA_BYTES, RESOLVER_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path


class ConcurrentRunner:
    """A :data:`~builder_lambda.ports.ports.Runner` that works while the program runs."""

    def __init__(
        self,
        meanwhile: Sequence[Callable[[], object]] = (),
        on_log_line: Callable[[str], None] | None = None,
        *,
        seconds: float = RESOLVER_SECONDS,
        data_bytes: int = RESOLVER_DATA_BYTES,
    ) -> None:
        """Call each of ``meanwhile`` in a thread beside every program, which does not wait for it.

        :param on_log_line: receives each line of the program's standard error as soon as it is printed.
        :param seconds: the longest time that a program may take.
        :param data_bytes: the most memory that its data may take. Only Linux enforces it.
        """
        self._seconds = seconds
        self._data_bytes = data_bytes
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
        """Run a program that reads all of ``input`` before it prints much. Its standard output is dropped.

        :raises TimeoutExpired: if it took too long. It was killed with all programs that it started.
        """
        pipe = subprocess.PIPE
        with subprocess.Popen(
            command,
            cwd=cwd,
            env=env,
            stdin=pipe,
            stdout=subprocess.DEVNULL,
            stderr=pipe,
            text=True,
            process_group=0,
        ) as process:
            _limit_data(process.pid, self._data_bytes)
            with _killed_after(self._seconds, process) as is_over:
                for work in self._meanwhile:
                    Thread(target=_done_if_possible, args=[work], daemon=True).start()
                printed = self._talk(process, input)
                process.wait()
        if is_over.is_set():
            raise subprocess.TimeoutExpired(command, self._seconds, stderr="".join(printed))
        return subprocess.CompletedProcess(command, process.returncode, "", "".join(printed))

    def _talk(self, process: subprocess.Popen[str], given: str) -> list[str]:
        """Send the input, and return the lines that the program prints."""
        assert process.stdin is not None  # noqa: S101 - both are pipes
        assert process.stderr is not None  # noqa: S101
        with contextlib.suppress(BrokenPipeError):  # the program ended without reading it
            process.stdin.write(given)
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        printed = []
        for line in process.stderr:
            printed.append(line)
            if self._on_log_line is not None:
                self._on_log_line(line)
        return printed


@contextlib.contextmanager
def _killed_after(seconds: float, process: subprocess.Popen[str]) -> Iterator[Event]:
    """Kill the process and its group if this block takes longer, or if it raises an error. Yield whether it did."""
    is_over = Event()

    def end() -> None:
        is_over.set()
        _kill_group(process)

    timer = Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield is_over
    except BaseException:  # an interruption of the terminal does not reach a group of its own
        _kill_group(process)
        raise
    finally:
        timer.cancel()


def _kill_group(process: subprocess.Popen[str]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _limit_data(pid: int, most: int) -> None:
    """Limit the memory that a process may take for its data, where the system can do that for another process."""
    if hasattr(resource, "prlimit"):
        with contextlib.suppress(OSError, ValueError):  # it ended already, or has a lower limit
            resource.prlimit(pid, resource.RLIMIT_DATA, (most, most))


def _done_if_possible(work: Callable[[], object]) -> None:
    with contextlib.suppress(Exception):  # the code that needs it does it again, and reports the error
        work()
