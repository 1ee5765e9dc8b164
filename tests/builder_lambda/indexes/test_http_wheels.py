"""The download, against a server on this machine that can be told to misbehave."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from builder_lambda.errors.indexes import IndexDenied, IndexUnreachable
from builder_lambda.errors.locks import InvalidLock
from builder_lambda.errors.requirements import UrlNotFound
from builder_lambda.errors.wheels import WheelHashMismatch
from builder_lambda.indexes.connections import IndexConnections
from builder_lambda.indexes.http_wheels import HttpWheelIndex
from builder_lambda.indexes.settings import IndexSettings
from tests.builder_lambda.wheel_factory import MadeWheel, make_wheel
from tests.builder_lambda.wheel_server import WheelServer, serving_wheels


@pytest.fixture
def server() -> Iterator[WheelServer]:
    with serving_wheels() as started:
        yield started


def index(**environ: str) -> HttpWheelIndex:
    settings = IndexSettings.of({"PIP_CONFIG_FILE": "/dev/null", **environ})
    return HttpWheelIndex(settings=settings, connections=IndexConnections(backoff_seconds=0.001))


def wheels(count: int) -> list[MadeWheel]:
    return [make_wheel(f"demo{number}", files={f"demo{number}.py": "x\n" * number * 1000}) for number in range(count)]


def test_wheels_arrive_in_the_requested_order(server: WheelServer) -> None:
    made = wheels(30)
    locked = [server.add(wheel) for wheel in made]

    assert [bytes(content) for content in index().fetch(locked)] == [wheel.content for wheel in made]
    assert server.connections <= 8, "connections are kept"


def test_nothing_is_fetched_for_no_wheels() -> None:
    assert list(index().fetch([])) == []


@pytest.mark.parametrize("problems", [["503"], ["500", "429", "502"], ["cut"], ["cut", "503", "cut"]])
def test_a_temporary_error_is_retried(server: WheelServer, problems: list[str]) -> None:
    wheel = make_wheel()
    (content,) = index().fetch([server.add(wheel, *problems)])

    assert bytes(content) == wheel.content
    assert server.requests[wheel.filename] == len(problems) + 1


@pytest.mark.parametrize(
    ("problems", "said", "requests"),
    [
        (["503"] * 9, "demo-1.0-py3-none-any.whl from 127.0.0.1: HTTP status 503", 5),
        (["cut"] * 9, "IncompleteRead", 5),
    ],
)
def test_a_lasting_error_is_reported(server: WheelServer, problems: list[str], said: str, requests: int) -> None:
    wheel = make_wheel()
    with pytest.raises(IndexUnreachable) as caught:
        list(index().fetch([server.add(wheel, *problems)]))

    assert said in caught.value.detail
    assert server.requests[wheel.filename] == requests


@pytest.mark.parametrize("status", ["404", "410"])
def test_a_missing_file_is_not_retried(server: WheelServer, status: str) -> None:
    wheel = make_wheel()
    locked = server.add(wheel, status)
    secret = replace(locked, url=f"{locked.url.replace('http://', 'http://user:secret@')}#secret")
    with pytest.raises(UrlNotFound) as caught:
        list(index().fetch([secret]))

    assert caught.value == UrlNotFound(url=locked.url, status=int(status))
    assert server.requests[wheel.filename] == 1


def test_invalid_urls_are_reported_before_any_request(server: WheelServer) -> None:
    good = server.add(make_wheel())
    urls = ("file:///x/demo-1.0-py3-none-any.whl", "../demo-1.0-py3-none-any.whl", "https://[::1/demo", "ftp://x/demo")
    wrong = [replace(good, url=url) for url in (*urls, "https://user:secret@h:99999/demo", "https:///demo")]

    with pytest.raises(InvalidLock) as caught:
        index().fetch([good, *wrong])

    assert caught.value.reason.splitlines() == [
        "demo-1.0-py3-none-any.whl: its url 'file:///x/demo-1.0-py3-none-any.whl' leads to no index; "
        "a file beside the lock is given as `path`",
        "demo-1.0-py3-none-any.whl: its url '../demo-1.0-py3-none-any.whl' leads to no index; "
        "a file beside the lock is given as `path`",
        "demo-1.0-py3-none-any.whl: its url 'https://[::1/demo' is not valid: Invalid IPv6 URL",
        "demo-1.0-py3-none-any.whl: its url 'ftp://x/demo' must begin with https:// and a host",
        "demo-1.0-py3-none-any.whl: its url 'https://****@h:99999/demo' is not valid: Port out of range 0-65535",
        "demo-1.0-py3-none-any.whl: its url 'https:///demo' must begin with https:// and a host",
    ]
    assert not server.requests


def test_an_index_that_refuses_connections_is_unreachable() -> None:
    with pytest.raises(IndexUnreachable) as caught:
        list(index().fetch([make_wheel().locked("http://user:secret@127.0.0.1:1")]))

    assert str(caught.value).startswith(
        "index-unreachable: the package index cannot be reached\n    demo-1.0-py3-none-any.whl from 127.0.0.1: "
    )
    assert "Connection refused" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_wheel_with_other_bytes_is_refused(server: WheelServer) -> None:
    locked = replace(server.add(make_wheel()), sha256="0" * 64)

    with pytest.raises(WheelHashMismatch) as caught:
        list(index().fetch([locked]))

    assert caught.value == WheelHashMismatch(
        filename="demo-1.0-py3-none-any.whl", expected=("0" * 64,), actual=make_wheel().sha256
    )


def test_credentials_of_the_index_are_used_for_its_host(server: WheelServer) -> None:
    server.password = "user:p@ss"
    locked = server.add(make_wheel())
    url = server.url.replace("http://", "http://user:p%40ss@")

    assert list(index(PIP_INDEX_URL=f"{url}/simple").fetch([locked]))
    with pytest.raises(IndexDenied, match="HTTP status 401"):
        list(index(PIP_INDEX_URL="http://user:p%40ss@elsewhere.example/simple").fetch([locked]))
