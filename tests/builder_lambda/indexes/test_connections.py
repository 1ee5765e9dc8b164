"""Connections to an index: how long they are kept, which proxies they use, and when certificates are read."""

import errno
import os
import ssl
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import urllib3

from builder_lambda.errors.indexes import IndexUnreachable
from builder_lambda.indexes.connections import IndexConnections
from builder_lambda.indexes.http_wheels import HttpWheelIndex
from builder_lambda.indexes.settings import IndexSettings
from builder_lambda.indexes.wheel_spool import WheelSpool
from tests.builder_lambda.wheel_factory import make_wheel
from tests.builder_lambda.wheel_server import WheelServer, serving_wheels

PEM = b"-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"


@pytest.fixture
def server() -> Iterator[WheelServer]:
    with serving_wheels() as started:
        yield started


@pytest.fixture
def environ(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Leave no proxy in the environment."""
    for scheme in (*urllib.request.getproxies_environment(), "no", "http", "https", "all"):
        for name in (f"{scheme}_proxy", f"{scheme}_proxy".upper()):
            monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.fixture
def certificates_read(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """Note which file each reading of certificates is of."""
    read: list[str | None] = []
    of_machine = ssl.create_default_context

    def create(*, cafile: str | None = None) -> ssl.SSLContext:
        read.append(cafile)
        return of_machine()

    monkeypatch.setattr(ssl, "create_default_context", create)
    return read


def missing(file: str) -> ssl.SSLContext:
    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), file)


def download(connections: IndexConnections, server: WheelServer) -> None:
    index = HttpWheelIndex(settings=IndexSettings(), connections=connections)
    index.download(server.add(make_wheel()).url, WheelSpool())


def proxy_for(connections: IndexConnections, url: str) -> str | None:
    """Return host and port of the proxy that is asked for ``url``."""
    manager = connections.client.pool_for(url)
    if not isinstance(manager, urllib3.ProxyManager):
        return None
    assert manager.proxy is not None
    return manager.proxy.netloc


def test_connections_are_kept_for_later_downloads(server: WheelServer, environ: pytest.MonkeyPatch) -> None:
    connections = IndexConnections(backoff_seconds=0)
    download(connections, server)
    download(connections, server)
    assert server.connections == 1


def test_a_download_goes_through_the_proxy(server: WheelServer, environ: pytest.MonkeyPatch) -> None:
    environ.setenv("http_proxy", server.url)
    index = HttpWheelIndex(settings=IndexSettings(), connections=IndexConnections(backoff_seconds=0))
    server.add(make_wheel())
    url = make_wheel().locked("http://index.example").url

    content, sha256 = index.download(url, WheelSpool())
    assert (bytes(content), sha256) == (make_wheel().content, make_wheel().sha256)


def test_certificates_are_not_read_before_the_first_request(certificates_read: list[str | None]) -> None:
    HttpWheelIndex(settings=IndexSettings(), connections=IndexConnections())
    assert certificates_read == []


def test_a_proxy_is_used_for_its_scheme(environ: pytest.MonkeyPatch) -> None:
    environ.setenv("http_proxy", "http://one.example:1111")
    environ.setenv("HTTPS_PROXY", "http://two.example:2222")
    environ.setenv("ftp_proxy", "http://three.example:3333")
    connections = IndexConnections()

    assert proxy_for(connections, "http://index.example/simple/") == "one.example:1111"
    assert proxy_for(connections, "https://index.example/simple/") == "two.example:2222"


def test_a_scheme_without_a_proxy_is_asked_directly(environ: pytest.MonkeyPatch) -> None:
    environ.setenv("http_proxy", "http://one.example:1111")
    connections = IndexConnections()

    assert proxy_for(connections, "https://index.example/simple/") is None
    assert connections.client.pool_for("https://index.example/") is connections.client.pool_for(
        "https://files.example/"
    )


@pytest.mark.parametrize(
    ("url", "proxy"),
    [
        ("http://files.example/a.whl", None),
        ("http://cdn.files.example/a.whl", None),
        ("http://internal:8080/a.whl", None),
        ("http://user:secret@internal/a.whl", None),
        ("http://index.example/a.whl", "one.example:1111"),
        ("http://otherfiles.example/a.whl", "one.example:1111"),
    ],
)
def test_hosts_in_no_proxy_are_asked_directly(url: str, proxy: str | None, environ: pytest.MonkeyPatch) -> None:
    environ.setenv("http_proxy", "http://one.example:1111")
    environ.setenv("no_proxy", "files.example, internal")
    assert proxy_for(IndexConnections(), url) == proxy


def test_certificates_are_read_once_however_often_they_are_prepared(certificates_read: list[str | None]) -> None:
    connections = IndexConnections("certificates.pem")
    with ThreadPoolExecutor(4) as threads:
        for prepared in [threads.submit(connections.prepare) for _ in range(8)]:
            prepared.result()
    connections.client.pool_for("https://index.example/")
    assert certificates_read == ["certificates.pem"]


def test_certificates_of_the_machine_are_read_where_no_file_is_named(certificates_read: list[str | None]) -> None:
    IndexConnections().prepare()
    assert certificates_read == [None]


def test_certificates_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(IndexUnreachable) as caught:
        IndexConnections(str(tmp_path / "nothing.pem")).prepare()

    assert caught.value.detail == (
        f"the certificates in {tmp_path / 'nothing.pem'} cannot be read: No such file or directory\n"
        "the file is named by SSL_CERT_FILE, PIP_CERT, REQUESTS_CA_BUNDLE or pip's own configuration"
    )


@pytest.mark.parametrize("content", [None, b"", b"text\n", PEM % b"AAAA"], ids=["folder", "empty", "text", "damaged"])
def test_certificates_that_cannot_be_read_are_named(content: bytes | None, tmp_path: Path) -> None:
    file = tmp_path / "certificates.pem"
    if content is None:
        file.mkdir()
    else:
        file.write_bytes(content)

    with pytest.raises(IndexUnreachable) as caught:
        IndexConnections(str(file)).prepare()

    assert caught.value.detail.startswith(f"the certificates in {file} cannot be read: ")
    assert not caught.value.detail.partition("\n")[0].endswith(": ")


def test_certificates_are_read_again_after_an_error(tmp_path: Path, certificates_read: list[str | None]) -> None:
    connections = IndexConnections("certificates.pem")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", lambda *, cafile: missing(cafile))
        with pytest.raises(IndexUnreachable):
            connections.prepare()

    connections.prepare()
    assert certificates_read == ["certificates.pem"]


def test_a_fetch_without_certificates_fails_before_any_request(server: WheelServer, tmp_path: Path) -> None:
    settings = IndexSettings.of({"PIP_CONFIG_FILE": "/dev/null", "SSL_CERT_FILE": str(tmp_path / "nothing.pem")})
    with pytest.raises(IndexUnreachable) as caught:
        list(HttpWheelIndex(settings=settings).fetch([server.add(make_wheel())]))

    assert str(caught.value).splitlines()[:2] == [
        "index-unreachable: the package index cannot be reached",
        f"    the certificates in {tmp_path / 'nothing.pem'} cannot be read: No such file or directory",
    ]
    assert server.requests == {}


def test_a_request_is_repeated_four_times_with_growing_waits() -> None:
    retries = IndexConnections(backoff_seconds=0.25).client.retries()
    waited = []
    for _ in range(4):
        retries = retries.increment("GET", "/", error=urllib3.exceptions.ProtocolError("reset"))
        waited.append(retries.get_backoff_time())
    assert waited == [0, 0.5, 1, 2]
    with pytest.raises(urllib3.exceptions.MaxRetryError):
        retries.increment("GET", "/", error=urllib3.exceptions.ProtocolError("reset"))
