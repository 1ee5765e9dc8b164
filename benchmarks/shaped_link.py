"""A link of a fixed speed: a local server that sends wheels as fast as a Lambda function can receive them.

`python -m benchmarks.shaped_link FOLDER` serves the files of a folder, prints its URL, and ends when its input ends.
It is a process of its own, so that the measuring process does not slow it down.
"""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from benchmarks.local_server import served

BYTES_PER_SECOND = 75_000_000
"""The bandwidth of a Lambda execution environment, measured by others as 600 Mbit/s; all connections share it."""
_CHUNK = 128 * 1024
_QUEUE_SECONDS = 4 * _CHUNK / BYTES_PER_SECOND
"""Data that is queued before the line while the sender sleeps: a sender that wakes this late leaves no gap."""


class Pace:
    """Shares the time of one line: later data waits for earlier data."""

    def __init__(self, bytes_per_second: float) -> None:
        self._bytes_per_second = bytes_per_second
        self._free_at = 0.0
        self._lock = threading.Lock()

    def reserve(self, size: int, *, ready: float) -> float:
        """Reserve the line for `size` bytes that are ready at `ready`; return the time at which they are sent."""
        with self._lock:
            self._free_at = max(self._free_at, ready) + size / self._bytes_per_second
            return self._free_at


def wheel_handler(folder: Path, pace: Pace) -> type[BaseHTTPRequestHandler]:
    """Return a handler that sends the files of `folder` at that pace, over keep-alive connections."""
    contents = {f"/{file.name}": file.read_bytes() for file in folder.iterdir()}

    class WheelHandler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            content = contents.get(self.path)
            if content is None:
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", "application/octet-stream")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            view = memoryview(content)
            through = time.monotonic()
            for start in range(0, len(content), _CHUNK):
                part = view[start : start + _CHUNK]
                through = pace.reserve(len(part), ready=max(through, time.monotonic() - _QUEUE_SECONDS))
                time.sleep(max(0.0, through - time.monotonic()))
                self.wfile.write(part)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # as the base class has it
            pass

    return WheelHandler


@contextmanager
def shaped_link(folder: Path) -> Iterator[str]:
    """Serve the files of `folder` from another process, and yield the URL."""
    words = [sys.executable, "-m", "benchmarks.shaped_link", str(folder)]
    root = Path(__file__).resolve().parent.parent
    with subprocess.Popen(words, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None  # noqa: S101 # both are pipes
        assert process.stdout is not None  # noqa: S101
        yield process.stdout.readline().strip()
        process.stdin.close()


def main() -> None:
    """Serve until the standard input ends."""
    with served(wheel_handler(Path(sys.argv[1]), Pace(BYTES_PER_SECOND))) as address:
        sys.stdout.write(f"{address}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
