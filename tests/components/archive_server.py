"""A file server like S3 on this machine: with ranges (RFC 9110), without them, or with wrong answers."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

Manner = Literal["ranges", "whole", "no-size", "cut-short", "cut-short-whole", "other-part", "denied", "broken"]


class ArchiveServer(ThreadingHTTPServer):
    """Serves ``files`` by path; ``asked`` has the range of each request, ``sent`` the bytes of all answers."""

    def __init__(self, manner: Manner) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.manner = manner
        self.files: dict[str, bytes] = {}
        self.asked: list[str | None] = []
        self.sent = 0

    def put(self, name: str, content: bytes) -> str:
        """Serve a file, and return its URL, signed as S3 signs."""
        self.files[f"/{name}"] = content
        return f"http://127.0.0.1:{self.server_port}/{name}?X-Amz-Signature=hidden"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ArchiveServer

    def do_GET(self) -> None:
        server, manner = self.server, self.server.manner
        content = server.files.get(self.path.partition("?")[0])
        server.asked.append(self.headers.get("Range"))
        if content is None or manner in ("denied", "broken"):
            self._send(404 if content is None else 403 if manner == "denied" else 500, b"<Error/>")
            return
        if manner in ("whole", "cut-short-whole"):
            self._send(200, content)
            return
        first, last = self._range(len(content))
        if manner == "other-part" and len(server.asked) > 1:
            first += 1
        part = content[first : last + 1]
        described = f"bytes {first}-{last}/{'*' if manner == 'no-size' else len(content)}"
        self._send(206, part, {"Content-Range": described})

    def _range(self, size: int) -> tuple[int, int]:
        hit = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers["Range"])
        assert hit is not None
        if not hit[1]:
            return max(0, size - int(hit[2])), size - 1
        return int(hit[1]), min(int(hit[2]), size - 1)

    def _send(self, status: int, content: bytes, headers: dict[str, str] | None = None) -> None:
        self.server.sent += len(content)
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        is_cut = self.server.manner in ("cut-short", "cut-short-whole")
        self.wfile.write(content[: len(content) // 2] if is_cut else content)
        self.close_connection = is_cut

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def archive_server(manner: Manner = "ranges") -> Iterator[ArchiveServer]:
    """Serve until the block ends."""
    with ArchiveServer(manner) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()
