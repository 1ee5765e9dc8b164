"""Exchanges that never end before their body, and connections into the machine itself."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from builder_lambda.errors.indexes import IndexUnreachable
from builder_lambda.indexes import guarded_connections
from builder_lambda.indexes.http_client import HttpClient
from builder_lambda.indexes.wheel_spool import WheelSpool

Server = Callable[[socket.socket, threading.Event], None]
PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage"


@contextmanager
def serving(serve: Server, host: str = "127.0.0.1") -> Iterator[str]:
    """Serve each connection by ``serve``; yield the URL."""
    is_over = threading.Event()

    def run(listening: socket.socket) -> None:
        while not is_over.is_set():
            with suppress(OSError):
                connection, _ = listening.accept()
                threading.Thread(target=handle, args=(connection,), daemon=True).start()

    def handle(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            if connection.recv(65536):  # else it was closed without a request
                serve(connection, is_over)

    with socket.create_server((host, 0)) as listening:
        listening.settimeout(0.05)
        thread = threading.Thread(target=run, args=(listening,))
        thread.start()
        try:
            yield f"http://{host}:{listening.getsockname()[1]}/demo-1.0-py3-none-any.whl"
        finally:
            is_over.set()
            thread.join()


def slow_headers(connection: socket.socket, is_over: threading.Event) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while not is_over.wait(0.02):
        connection.sendall(b"x")


def nothing(_connection: socket.socket, is_over: threading.Event) -> None:
    is_over.wait()


def slow_redirect(connection: socket.socket, is_over: threading.Event) -> None:
    connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 1000000\r\n\r\n")
    while not is_over.wait(0.02):
        connection.sendall(b"x")


def client(seconds: float = 0.3, *, refuses_internal: bool = False) -> HttpClient:
    return HttpClient(
        ssl.create_default_context(),
        backoff_seconds=0,
        page_seconds=seconds,
        file_seconds=seconds,
        refuses_internal=refuses_internal,
    )


@pytest.mark.parametrize("serve", [slow_headers, nothing, slow_redirect])
def test_an_exchange_has_one_end_for_all_of_it(serve: Server) -> None:
    with serving(serve) as url:
        with pytest.raises(IndexUnreachable, match="the answer took longer than"):
            client().get(url, subject="demo at index", index="team", login=None, accept="text/html")
        with pytest.raises(IndexUnreachable, match="the answer took longer than"):
            client().download(url, WheelSpool(), index="team", login=None)


def page(connection: socket.socket, _: threading.Event) -> None:
    connection.sendall(PAGE)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_connection_into_the_machine_is_refused(host: str) -> None:
    with serving(page) as url:
        url = url.replace("127.0.0.1", host)
        answer = client(60).get(url, subject="demo", index="team", login=None, accept="text/html")
        assert answer is not None
        assert answer.body == b"page"
        with pytest.raises(IndexUnreachable, match=f"{host} leads to the builder's own machine"):
            client(60, refuses_internal=True).get(url, subject="demo", index="team", login=None, accept="text/html")


def test_a_redirect_into_the_machine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded_connections, "is_internal_address", lambda address: address == "127.0.0.2")
    reached = threading.Event()

    def inside(_connection: socket.socket, _: threading.Event) -> None:
        reached.set()

    with serving(inside, "127.0.0.2") as goal:

        def redirect(connection: socket.socket, _: threading.Event) -> None:
            connection.sendall(f"HTTP/1.1 302 Found\r\nLocation: {goal}\r\nContent-Length: 0\r\n\r\n".encode())

        with serving(redirect) as url, pytest.raises(IndexUnreachable, match=r"127\.0\.0\.2 leads to"):
            client(60, refuses_internal=True).download(url, WheelSpool(), index="team", login=None)
    assert not reached.is_set()
