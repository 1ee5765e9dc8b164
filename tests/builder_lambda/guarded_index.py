"""A package index on this machine that asks for a password: a real server, over wheels that a test makes."""

import base64
import hashlib
import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from tests.builder_lambda.wheel_factory import MadeWheel

JSON = "application/vnd.pypi.simple.v1+json"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request that the server got."""

    path: str
    login: tuple[str, str] | None
    status: int


class GuardedIndex(ThreadingHTTPServer):
    """Serves ``/simple/`` and ``/files/`` to who has the login; to everybody if there is none."""

    def __init__(
        self,
        wheels: Iterable[MadeWheel] = (),
        *,
        login: tuple[str, str] | None = None,
        upload_times: Mapping[str, str] | None = None,
        files_at: str | None = None,
        redirects_to: str | None = None,
    ) -> None:
        """Serve these wheels.

        :param upload_times: time by file name (PEP 700); files that are not in it have none.
        :param files_at: other server that the pages say has the files.
        :param redirects_to: other server that every request for a file is sent to.
        """
        super().__init__(("127.0.0.1", 0), _Handler)
        self.wheels = {wheel.filename: wheel for wheel in wheels}
        self.login = login
        self.upload_times = dict(upload_times or {})
        self.files_at = files_at
        self.redirects_to = redirects_to
        self.asked: list[Asked] = []
        self.max_age = 0
        """For how many seconds a client may believe a page."""

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def url(self) -> str:
        return f"{self.base}/simple/"

    def pages_asked(self) -> list[str]:
        return [item.path for item in self.asked if item.path.startswith("/simple/")]

    def page(self, name: str) -> bytes | None:
        files = [self._file(wheel) for wheel in self.wheels.values() if wheel.locked().name == name]
        if not files:
            return None
        meta = {"api-version": "1.1"}
        return json.dumps({"meta": meta, "name": name, "files": files, "versions": []}).encode()

    def _file(self, wheel: MadeWheel) -> dict[str, object]:
        time = self.upload_times.get(wheel.filename)
        return {
            "filename": wheel.filename,
            "url": f"{self.files_at or self.base}/files/{wheel.filename}",
            "hashes": {"sha256": hashlib.sha256(wheel.content).hexdigest()},
            "size": len(wheel.content),
            **({"upload-time": time} if time else {}),
        }


class _Handler(BaseHTTPRequestHandler):
    server: GuardedIndex
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        login = _login(self.headers["Authorization"])
        path = urlsplit(self.path).path
        status, headers, body = self._answer(path, login)
        self.server.asked.append(Asked(path=path, login=login, status=status))
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815 - the names of the base class

    def _answer(self, path: str, login: tuple[str, str] | None) -> tuple[int, dict[str, str], bytes]:
        if self.server.login is not None and login != self.server.login:
            return 401, {"WWW-Authenticate": 'Basic realm="packages"'}, b"who are you?"
        match path.strip("/").split("/"):
            case ["simple", name]:
                page = self.server.page(name)
                if page is not None:
                    return 200, {"Content-Type": JSON, "Cache-Control": f"max-age={self.server.max_age}"}, page
            case ["files", filename] if self.server.redirects_to:
                return 302, {"Location": f"{self.server.redirects_to}/files/{filename}"}, b""
            case ["files", filename] if filename in self.server.wheels:
                return 200, {"Content-Type": "application/zip"}, self.server.wheels[filename].content
        return 404, {}, b"there is none"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        """Say nothing: the output of the test is for the test."""


def _login(header: str | None) -> tuple[str, str] | None:
    if header is None:
        return None
    user, _, password = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")
    return user, password


@contextmanager
def serving(server: GuardedIndex) -> Iterator[GuardedIndex]:
    """Serve until the end of the block."""
    with server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
