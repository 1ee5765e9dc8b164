import io
import os
import random
import zipfile

import pytest
import urllib3

from components.attachment import ranged_file
from components.attachment.ranged_file import FileUnreachable, open_url
from tests.components.archive_server import Manner, archive_server

BIG = random.Random(5).randbytes(300_000)  # noqa: S311 - content of a test


def archive(members: int = 3, content: bytes = BIG) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as written:
        written.writestr("python/big.bin", content)
        for number in range(members):
            written.writestr(f"python/{number:040}.py", f"number = {number}")
    return made.getvalue()


def test_only_the_end_of_an_archive_is_fetched() -> None:
    with archive_server() as server:
        with open_url(server.put("layer.zip", archive())) as file, zipfile.ZipFile(file) as read:
            assert len(read.infolist()) == 4
        assert server.asked == ["bytes=-65536"]
        assert server.sent == 65536


def test_a_longer_directory_takes_one_more_request_and_no_member() -> None:
    content = archive(members=3000)
    with archive_server() as server:
        with open_url(server.put("layer.zip", content)) as file, zipfile.ZipFile(file) as read:
            assert [info.file_size for info in read.infolist()][:1] == [len(BIG)]
            assert len(read.infolist()) == 3001
        assert len(server.asked) == 2
        assert server.sent < len(content) - len(BIG)


def test_a_member_can_be_read_too() -> None:
    with archive_server() as server, open_url(server.put("layer.zip", archive())) as file:
        assert zipfile.ZipFile(file).read("python/big.bin") == BIG


@pytest.mark.parametrize("manner", ["ranges", "whole"])
@pytest.mark.parametrize("size", [1, 65535, 65536, 65537, 300_000])
def test_it_reads_and_seeks_like_a_file_on_disk(manner: Manner, size: int) -> None:
    content = BIG[:size]
    chosen = random.Random(size)  # noqa: S311 - places in a file
    with archive_server(manner) as server, open_url(server.put("file", content)) as file:
        disk = io.BytesIO(content)
        for _ in range(10):
            offset, count = chosen.randint(0, size + 5), chosen.randint(0, size)
            assert file.seek(offset) == disk.seek(offset)
            assert file.read(count) == disk.read(count)
            assert file.tell() == disk.tell()
        assert file.seek(-1, os.SEEK_END) == size - 1
        assert file.read() == content[-1:]


def test_a_server_without_ranges_sends_the_whole_file_once() -> None:
    with archive_server("whole") as server:
        with open_url(server.put("layer.zip", archive())) as file, zipfile.ZipFile(file) as read:
            assert len(read.infolist()) == 4
        assert len(server.asked) == 1


def test_a_whole_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranged_file, "_MOST_BYTES", 100_000)
    with archive_server("whole") as server, pytest.raises(FileUnreachable) as raised:
        open_url(server.put("layer.zip", archive()))
    assert str(raised.value) == "it is over 100,000 bytes, and its server sends no parts"


@pytest.mark.parametrize(
    ("manner", "message"),
    [
        ("denied", "127.0.0.1 answered with HTTP status 403"),
        ("no-size", "its server does not say which part it sent"),
        ("cut-short", "its server sent 32,768 of 65,536 bytes"),
        ("cut-short-whole", "127.0.0.1 stopped answering: "),
    ],
)
def test_an_unreadable_file_is_reported_without_the_signature(manner: Manner, message: str) -> None:
    with archive_server(manner) as server, pytest.raises(FileUnreachable) as raised:
        open_url(server.put("layer.zip", archive()))
    assert str(raised.value).startswith(message)
    assert "hidden" not in str(raised.value)


def test_a_wrong_part_is_refused() -> None:
    with (
        archive_server("other-part") as server,
        open_url(server.put("file", BIG)) as file,
        pytest.raises(FileUnreachable, match="the wrong part"),
    ):
        file.read(10)


def test_an_unreachable_server_is_reported_without_the_signature(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranged_file, "_RETRIES", urllib3.Retry(0))
    with archive_server() as server:
        url = server.put("layer.zip", b"")
    with pytest.raises(FileUnreachable) as raised:
        open_url(url)
    assert str(raised.value).startswith("127.0.0.1 cannot be reached: ")
    assert "hidden" not in str(raised.value)


def test_the_proxy_of_the_environment_and_its_exceptions_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "http://archives.invalid/layer.zip"
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setattr(ranged_file, "_RETRIES", urllib3.Retry(0))
    with archive_server() as proxy:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.server_port}")
        proxy.files[url] = b"through the proxy"
        with open_url(url) as file:
            assert file.read() == b"through the proxy"
        monkeypatch.setenv("no_proxy", "archives.invalid")
        with pytest.raises(FileUnreachable, match=r"archives.invalid cannot be reached: "):
            open_url(url)
