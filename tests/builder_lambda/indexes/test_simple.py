import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from builder_lambda.contract.index_listing import IndexedFile
from builder_lambda.errors.indexes import IndexDenied, IndexUnreachable
from builder_lambda.errors.resolution import UnknownPackage
from builder_lambda.indexes.connections import IndexConnections
from builder_lambda.indexes.project_page import parse_project_page
from builder_lambda.indexes.settings import IndexSettings
from builder_lambda.indexes.simple import SimpleIndex

JSON = "application/vnd.pypi.simple.v1+json"
SHA256 = "AB" * 32
HTML_PAGE = f"""\
<!DOCTYPE html>
<html><head><meta name="pypi:repository-version" content="1.4"></head><body>
<a href="../../files/a-1.0-py3-none-any.whl#sha256={SHA256}" data-requires-python="&gt;=3.9">a-1.0-py3-none-any.whl</a>
<a href="https://user:secret@files.example.invalid/a-0.9.tar.gz" data-yanked="broken">a-0.9.tar.gz</a>
</body></html>
"""
JSON_PAGE = json.dumps(
    {
        "meta": {"api-version": "1.1"},
        "name": "a",
        "versions": ["1.0", "0.9"],
        "files": [
            {
                "filename": "a-1.0-py3-none-any.whl",
                "url": "../../files/a-1.0-py3-none-any.whl",
                "hashes": {"sha256": SHA256},
                "requires-python": ">=3.9",
                "size": 1,
            },
            {
                "filename": "a-0.9.tar.gz",
                "url": "https://files.example.invalid/a-0.9.tar.gz",
                "hashes": {},
                "requires-python": None,
                "yanked": "broken",
                "size": 1,
            },
        ],
    }
)


def expected(base: str, size: int | None = 1) -> tuple[IndexedFile, ...]:
    return (
        IndexedFile(
            filename="a-1.0-py3-none-any.whl",
            url=f"{base}/files/a-1.0-py3-none-any.whl",
            sha256=SHA256.lower(),
            requires_python=">=3.9",
            size=size,
        ),
        IndexedFile(
            filename="a-0.9.tar.gz", url="https://files.example.invalid/a-0.9.tar.gz", is_yanked=True, size=size
        ),
    )


class Index(ThreadingHTTPServer):
    """Answers every path as it was told to, and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: dict[str, list[tuple[int, str, str]]] = {}
        self.asked: list[tuple[str, str | None, str | None]] = []

    def url(self, path: str = "", login: str = "") -> str:
        return f"http://{login}127.0.0.1:{self.server_port}{path}"


class _Handler(BaseHTTPRequestHandler):
    server: Index

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers["Accept"], self.headers["Authorization"]))
        answers = self.server.answers.get(self.path, [(404, "text/plain", "none")])
        status, kind, body = answers.pop(0) if len(answers) > 1 else answers[0]
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if status == 302:
            self.send_header("Location", body)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        pass


@pytest.fixture
def index() -> Iterator[Index]:
    with Index() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def listing(*, index_url: str | None = None, extra: tuple[str, ...] = (), netrc: Path | None = None) -> SimpleIndex:
    settings = IndexSettings(
        index_url=index_url, extra_index_urls=extra, netrc_file=str(netrc) if netrc is not None else None
    )
    return SimpleIndex(settings=settings, connections=IndexConnections(backoff_seconds=0))


@pytest.mark.parametrize(
    ("kind", "body"),
    [(JSON, JSON_PAGE), (f"{JSON}; charset=utf-8", JSON_PAGE), ("text/html; charset=UTF-8", HTML_PAGE)],
)
def test_json_and_html_give_the_same_files(index: Index, kind: str, body: str) -> None:
    index.answers["/simple/a/"] = [(200, kind, body)]
    size = 1 if kind.startswith(JSON) else None  # HTML has no sizes
    assert listing(index_url=index.url("/simple")).files("a") == expected(index.url(), size)


def test_json_is_asked_for_before_html(index: Index) -> None:
    index.answers["/simple/a/"] = [(200, JSON, JSON_PAGE)]
    listing(index_url=index.url("/simple/")).files("a")
    assert [(path, accept.split(",")[0]) for path, accept, _ in index.asked if accept] == [("/simple/a/", JSON)]


def test_the_first_index_with_the_name_answers_and_the_default_comes_last(index: Index) -> None:
    index.answers["/two/a/"] = [(200, JSON, JSON_PAGE)]
    index.answers["/main/a/"] = [(500, JSON, "")]
    found = listing(index_url=index.url("/main"), extra=(index.url("/one"), index.url("/two"))).files("a")
    assert found == expected(index.url())
    assert [path for path, *_ in index.asked] == ["/one/a/", "/two/a/"]


def test_a_name_on_no_index_is_unknown(index: Index) -> None:
    with pytest.raises(UnknownPackage) as caught:
        listing(index_url=index.url("/main"), extra=(index.url("/one"),)).files("a")
    assert caught.value.names == ("a",)


def test_credentials_are_sent_in_a_header_and_never_in_the_url(index: Index) -> None:
    index.answers["/simple/a/"] = [(200, JSON, JSON_PAGE)]
    found = listing(index_url=index.url("/simple", "user:p%40ss@")).files("a")
    assert index.asked[0][2] == "Basic dXNlcjpwQHNz"
    assert not [file.url for file in found if "@" in file.url]


def test_credentials_may_come_from_netrc(index: Index, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login user password p@ss\n")
    netrc.chmod(0o600)
    index.answers["/simple/a/"] = [(200, JSON, JSON_PAGE)]
    listing(index_url=index.url("/simple"), netrc=netrc).files("a")
    assert index.asked[0][2] == "Basic dXNlcjpwQHNz"


def test_the_proxy_of_the_environment_is_asked(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("no_proxy", "NO_PROXY", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", index.url())
    index.answers["http://index.example.invalid/simple/a/"] = [(200, JSON, JSON_PAGE)]
    assert listing(index_url="http://index.example.invalid/simple").files("a") == expected(
        "http://index.example.invalid"
    )


def test_a_busy_index_is_asked_again(index: Index) -> None:
    index.answers["/simple/a/"] = [(503, "text/plain", ""), (429, "text/plain", ""), (200, JSON, JSON_PAGE)]
    assert len(listing(index_url=index.url("/simple")).files("a")) == 2


def test_urls_are_relative_to_the_page_after_redirects(index: Index) -> None:
    elsewhere = index.url("/new/a/").replace("127.0.0.1", "localhost")
    index.answers["/old/a/"] = [(302, "text/plain", elsewhere)]
    index.answers["/new/a/"] = [(302, "text/plain", "../../deep/er/a/")]
    index.answers["/deep/er/a/"] = [(200, JSON, JSON_PAGE)]
    found = listing(index_url=index.url("/old", "user:secret@")).files("a")
    assert found[0].url == elsewhere.replace("/new/a/", "/deep/files/a-1.0-py3-none-any.whl")
    assert [authorization is not None for _, _, authorization in index.asked] == [True, False, False]


@pytest.mark.parametrize(
    ("status", "kind", "body", "detail"),
    [
        (500, "text/plain", "", "a at 127.0.0.1: HTTP status 500"),
        (
            200,
            "application/json",
            "{}",
            "a at 127.0.0.1: not an answer of the simple repository API: Unsupported MIME type: application/json",
        ),
        (200, JSON, "{}", "a at 127.0.0.1: not an answer of the simple repository API: 'files'"),
        (
            200,
            JSON,
            "<html>",
            "a at 127.0.0.1: not an answer of the simple repository API: Expecting value: line 1 column 1 (char 0)",
        ),
    ],
)
def test_an_index_with_an_invalid_answer_is_unreachable(
    index: Index, status: int, kind: str, body: str, detail: str
) -> None:
    index.answers["/simple/a/"] = [(status, kind, body)]
    with pytest.raises(IndexUnreachable) as caught:
        listing(index_url=index.url("/simple", "user:secret@")).files("a")
    assert caught.value.detail == detail


def test_a_missing_index_is_unreachable() -> None:
    with pytest.raises(IndexUnreachable) as caught:
        listing(index_url="http://user:secret@127.0.0.1:1/simple").files("a")
    assert caught.value.detail.startswith("a at 127.0.0.1: ")
    assert "secret" not in str(caught.value)


def test_a_page_with_a_broken_link_is_invalid() -> None:
    with pytest.raises(ValueError, match="not an answer of the simple repository API: not enough values to unpack"):
        parse_project_page(
            b'<a href="a-1.0.tar.gz#odd">a</a>', "text/html", name="a", url="https://index.example.invalid/a/"
        )


def test_anchors_without_a_link_are_skipped() -> None:
    page = b'<a name="top">top</a><a href="a-1.0.tar.gz">a-1.0.tar.gz</a>'
    (file,) = parse_project_page(page, "text/html", name="a", url="https://index.example.invalid/simple/a/")
    assert file == IndexedFile(filename="a-1.0.tar.gz", url="https://index.example.invalid/simple/a/a-1.0.tar.gz")


@pytest.mark.index
def test_the_default_index_knows_a_project() -> None:
    filenames = [file.filename for file in listing().files("six")]
    assert "six-1.17.0-py2.py3-none-any.whl" in filenames


@pytest.mark.parametrize("status", [401, 403])
def test_an_index_that_wants_a_login_is_named_and_the_next_is_not_asked(index: Index, status: int) -> None:
    index.answers["/simple/a/"] = [(status, "text/plain", "")]
    with pytest.raises(IndexDenied) as caught:
        listing(extra=(index.url("/simple/"),), index_url=index.url("/other/")).files("a")
    assert (caught.value.index, caught.value.detail) == ("127.0.0.1", f"a at 127.0.0.1: HTTP status {status}")
    assert [path for path, _, _ in index.asked] == ["/simple/a/"]
