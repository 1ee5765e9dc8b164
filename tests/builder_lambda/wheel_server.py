"""A server of wheels on this machine that can be told to misbehave."""

import base64
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from builder_lambda.contract.locked_wheel import LockedWheel
from tests.builder_lambda.wheel_factory import MadeWheel


class WheelServer(ThreadingHTTPServer):
    """Serves wheels; ``problems`` are answers that come before the right one, by file name."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), WheelRequest)
        self.wheels: dict[str, bytes] = {}
        self.problems: dict[str, list[str]] = {}
        self.password: str | None = None
        self.requests = Counter[str]()
        self.connections = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def add(self, wheel: MadeWheel, *problems: str) -> LockedWheel:
        self.wheels[wheel.filename] = wheel.content
        self.problems[wheel.filename] = list(problems)
        return wheel.locked(self.url)


class WheelRequest(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: WheelServer

    def setup(self) -> None:
        self.server.connections += 1
        super().setup()

    def do_GET(self) -> None:
        name = self.path.rpartition("/")[2]
        self.server.requests[name] += 1
        if self.server.password is not None:
            expected = "Basic " + base64.b64encode(self.server.password.encode()).decode()
            if self.headers.get("Authorization") != expected:
                self._answer(401, b"no")
                return
        problems = self.server.problems[name]
        problem = problems.pop(0) if problems else "none"
        content = self.server.wheels[name]
        if problem == "cut":
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2])
            self.close_connection = True
        elif problem == "none":
            self._answer(200, content)
        else:
            self._answer(int(problem), b"problem")

    def _answer(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


@contextmanager
def serving_wheels() -> Iterator[WheelServer]:
    """Serve until the end of the block."""
    with WheelServer() as started:
        thread = threading.Thread(target=started.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield started
        finally:
            started.shutdown()
            thread.join()
