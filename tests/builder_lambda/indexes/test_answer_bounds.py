"""Answers of indexes that have no end, are larger than announced, or arrive too slowly."""

import gzip
import json
import mmap
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from itertools import repeat

import pytest

from builder_lambda.errors.indexes import IndexAnswerRefused, IndexUnreachable
from builder_lambda.indexes import http_client
from builder_lambda.indexes.connections import IndexConnections
from builder_lambda.indexes.http_client import HttpClient
from builder_lambda.indexes.http_wheels import HttpWheelIndex
from builder_lambda.indexes.project_page import parse_project_page
from builder_lambda.indexes.settings import IndexSettings
from builder_lambda.indexes.wheel_spool import WheelSpool
from tests.builder_lambda.wheel_factory import make_wheel
from tests.builder_lambda.wheel_server import serving_wheels

JSON = "application/vnd.pypi.simple.v1+json"
Writer = Callable[[BufferedIOBase, threading.Event], None]


@contextmanager
def answering(write: Writer, headers: Mapping[str, str], status: int = 200) -> Iterator[str]:
    """Serve the body that ``write`` writes; yield the URL."""
    is_over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_response(status)
            for name, value in {"Connection": "close", **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                write(self.wfile, is_over)
            except OSError:  # the client has gone
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/demo-1.0-py3-none-any.whl"
        finally:
            is_over.set()
            server.shutdown()
            thread.join()


def endless(body: BufferedIOBase, is_over: threading.Event) -> None:
    while not is_over.is_set():
        body.write(b"x" * 65536)


def endless_chunks(body: BufferedIOBase, is_over: threading.Event) -> None:
    while not is_over.is_set():
        body.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")


def one_byte_at_a_time(body: BufferedIOBase, is_over: threading.Event) -> None:
    while not is_over.wait(0.02):
        body.write(b"x")
        body.flush()


def sending(content: bytes) -> Writer:
    def send(body: BufferedIOBase, _: threading.Event) -> None:
        body.write(content)

    return send


def client(seconds: float = 60) -> HttpClient:
    return HttpClient(ssl.create_default_context(), backoff_seconds=0, page_seconds=seconds, file_seconds=seconds)


def page(url: str, seconds: float = 60) -> bytes | None:
    answer = client(seconds).get(url, subject="demo at index", index="team", login=None, accept=JSON)
    return None if answer is None else answer.body


@pytest.fixture
def small_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_client, "PAGE_BYTES", 1_000_000)
    monkeypatch.setattr(http_client, "FILE_BYTES", 1_000_000)


@pytest.mark.usefixtures("small_bounds")
@pytest.mark.parametrize(("write", "headers"), [(endless, {}), (endless_chunks, {"Transfer-Encoding": "chunked"})])
def test_page_without_end_is_refused(write: Writer, headers: dict[str, str]) -> None:
    with answering(write, headers) as url, pytest.raises(IndexAnswerRefused) as caught:
        page(url)

    assert caught.value.subject == "demo at index"
    assert caught.value.reason == "it has more than 1,000,000 bytes"


@pytest.mark.usefixtures("small_bounds")
def test_bytes_of_a_page_are_counted_after_decompression() -> None:
    packed = gzip.compress(b"\n" * 1_000_001)
    headers = {"Content-Encoding": "gzip", "Content-Length": str(len(packed))}

    with answering(sending(packed), headers) as url, pytest.raises(IndexAnswerRefused):
        page(url)


def test_compressed_page_is_read() -> None:
    packed = gzip.compress(b"page " * 100_000)
    headers = {"Content-Encoding": "gzip", "Content-Length": str(len(packed))}

    with answering(sending(packed), headers) as url:
        assert page(url) == b"page " * 100_000


@pytest.mark.parametrize("headers", [{}, {"Content-Length": "1000000"}])
def test_page_that_arrives_too_slowly_is_given_up(headers: dict[str, str]) -> None:
    with answering(one_byte_at_a_time, headers) as url, pytest.raises(IndexUnreachable) as caught:
        page(url, 0.3)

    assert caught.value.detail == "demo at index: the answer took longer than 0 seconds"


@pytest.mark.parametrize("headers", [{}, {"Content-Length": "1000000"}])
def test_file_that_arrives_too_slowly_is_given_up(headers: dict[str, str]) -> None:
    with answering(one_byte_at_a_time, headers) as url, pytest.raises(IndexUnreachable, match="took longer than"):
        client(0.3).download(url, WheelSpool(), index="team", login=None)


def test_useless_body_without_end_is_not_read_to_its_end() -> None:
    with answering(endless, {}, 404) as url:
        assert page(url) is None


@pytest.mark.usefixtures("small_bounds")
@pytest.mark.parametrize(("write", "headers"), [(endless, {}), (endless_chunks, {"Transfer-Encoding": "chunked"})])
def test_file_without_end_is_refused(write: Writer, headers: dict[str, str]) -> None:
    with answering(write, headers) as url, pytest.raises(IndexAnswerRefused) as caught:
        client().download(url, WheelSpool(), index="team", login=None)

    assert caught.value.reason == "it has more than 1,000,000 bytes"


def test_file_that_is_longer_than_the_lock_states_is_refused() -> None:
    wheel = make_wheel()
    with serving_wheels() as server:
        locked = server.add(wheel)
        index = HttpWheelIndex(settings=IndexSettings(), connections=IndexConnections(backoff_seconds=0))

        assert [bytes(c) for c in index.fetch([replace(locked, size=len(wheel.content))])] == [wheel.content]
        with pytest.raises(IndexAnswerRefused, match=f"more than {len(wheel.content) - 1:,} bytes"):
            list(index.fetch([replace(locked, size=len(wheel.content) - 1)]))


def test_memory_holds_what_arrives_and_not_what_was_announced() -> None:
    spool = WheelSpool(100)

    longer, _ = spool.take(repeat(b"x" * 10, 12), 0)
    shorter, _ = spool.take([b"x" * 40], 90)
    fits, _ = spool.take([b"x" * 60], 0)
    too_much, _ = spool.take([b"x"], 0)

    assert [type(content) for content in (longer, shorter, fits, too_much)] == [
        mmap.mmap,
        bytearray,
        bytearray,
        mmap.mmap,
    ]
    assert bytes(longer) == b"x" * 120


@pytest.mark.parametrize("kind", ["list", "object"])
def test_deeply_nested_page_is_not_one_of_the_api(kind: str) -> None:
    nested = b"[" * 200_000 if kind == "list" else b'{"a":' * 200_000

    with pytest.raises(ValueError, match="nested too deeply"):
        parse_project_page(nested, JSON, name="demo", url="https://index.example/demo/")


@pytest.mark.parametrize("size", ["5", -5, None, 1.5])
def test_size_of_another_kind_is_no_size(size: object) -> None:
    file = {"filename": "demo-1.0-py3-none-any.whl", "url": "demo", "hashes": {}, "size": size}
    body = json.dumps({"meta": {"api-version": "1.1"}, "name": "demo", "files": [file], "versions": []})

    (found,) = parse_project_page(body.encode(), JSON, name="demo", url="https://index.example/demo/")

    assert found.size is None
