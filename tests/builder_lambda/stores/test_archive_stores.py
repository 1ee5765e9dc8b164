"""One contract for every archive store, and what is each one's own."""

import base64
import errno
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import pytest
from botocore.exceptions import ClientError

from builder_lambda.archive.written import WrittenArchive
from builder_lambda.errors.builder_function import BuilderNotPermitted
from builder_lambda.errors.files import FileNotWritable
from builder_lambda.errors.wheels import InvalidWheel
from builder_lambda.ports.ports import ArchiveStore
from builder_lambda.stores.disk import LocalArchives
from builder_lambda.stores.s3 import S3Archives
from tests.builder_lambda.fakes import FakeS3, MemoryArchives

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def s3_archives(client: FakeS3) -> S3Archives:
    return S3Archives(client=cast("S3Client", client), bucket="archives", prefix="python-layers/")


@pytest.fixture(params=["memory", "local", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ArchiveStore:
    made: dict[str, Callable[[], ArchiveStore]] = {
        "memory": MemoryArchives,
        "local": lambda: LocalArchives(tmp_path / "store"),
        "s3": lambda: s3_archives(FakeS3()),
    }
    return made[request.param]()


def told_of(content: bytes) -> WrittenArchive:
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    return WrittenArchive(code_sha256=digest, size_bytes=len(content))


def writing(content: bytes) -> Callable[[BinaryIO], WrittenArchive]:
    def write(stream: BinaryIO) -> WrittenArchive:
        stream.write(content)
        return told_of(content)

    return write


class TestEveryStore:
    def test_has_nothing_at_first(self, store: ArchiveStore) -> None:
        assert store.read_text("locks/a.toml") is None
        assert store.find_archive("archives/a/b.zip") is None

    def test_gives_a_text_back(self, store: ArchiveStore) -> None:
        store.write_text("locks/a.toml", "first")
        store.write_text("locks/a.toml", "\u00fcber\r\nline\n")
        assert store.read_text("locks/a.toml") == "\u00fcber\r\nline\n"
        assert store.read_text("locks/b.toml") is None

    def test_tells_what_archive_it_has(self, store: ArchiveStore) -> None:
        assert store.write_archive("archives/web/c0ffee.zip", writing(b"zip bytes")) == told_of(b"zip bytes")
        assert store.find_archive("archives/web/c0ffee.zip") == told_of(b"zip bytes")

    def test_takes_an_archive_twice(self, store: ArchiveStore) -> None:
        store.write_archive("archives/web/c0ffee.zip", writing(b"zip bytes"))
        store.write_archive("archives/web/c0ffee.zip", writing(b"zip bytes"))
        assert store.find_archive("archives/web/c0ffee.zip") == told_of(b"zip bytes")

    def test_stores_nothing_of_an_archive_that_cannot_be_written(self, store: ArchiveStore) -> None:
        def write(stream: BinaryIO) -> WrittenArchive:
            stream.write(b"half of it")
            raise InvalidWheel(filename="a-1-py3-none-any.whl", reason="it is cut off")

        with pytest.raises(InvalidWheel):
            store.write_archive("archives/web/c0ffee.zip", write)
        assert store.find_archive("archives/web/c0ffee.zip") is None


def test_local_store_leaves_nothing_behind_on_a_full_disk_and_says_so(tmp_path: Path) -> None:
    def write(stream: BinaryIO) -> WrittenArchive:
        stream.write(b"half of it")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(FileNotWritable) as caught:
        LocalArchives(tmp_path).write_archive("archives/a.zip", write)
    assert caught.value.what == f"{str(tmp_path / 'archives/a.zip')!r} cannot be written: No space left on device"

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_s3_keeps_everything_below_the_prefix_and_checks_what_arrives() -> None:
    client = FakeS3()
    written = s3_archives(client).write_archive("archives/a.zip", writing(b"zip bytes"))

    ((place, stored),) = client.objects.items()
    assert place == ("archives", "python-layers/archives/a.zip")
    assert stored == {
        "content": b"zip bytes",
        "ContentLength": 9,
        "ContentType": "application/zip",
        "ChecksumSHA256": written.code_sha256,
        "Metadata": {"code-sha256": written.code_sha256},
    }


@pytest.mark.parametrize(
    ("operation", "action", "call"),
    [
        ("GetObject", "s3:GetObject", lambda store: store.read_text("key")),
        ("HeadObject", "s3:GetObject", lambda store: store.find_archive("key")),
        ("PutObject", "s3:PutObject", lambda store: store.write_text("key", "text")),
        ("PutObject", "s3:PutObject", lambda store: store.write_archive("key", writing(b""))),
    ],
)
def test_a_denial_of_s3_names_action_and_key(
    operation: str, action: str, call: Callable[[ArchiveStore], object]
) -> None:
    with pytest.raises(BuilderNotPermitted) as caught:
        call(s3_archives(FakeS3(denied=operation)))

    code = "403" if operation == "HeadObject" else "AccessDenied"
    assert str(caught.value) == (
        f"builder-not-permitted: AWS denied {action}\n"
        "    s3://archives/python-layers/key\n"
        f"    An error occurred ({code}) when calling the {operation} operation: Access Denied\n"
        "  likely cause: the role or the bucket policy does not allow it, or the bucket's KMS key does not\n"
        "  what to do: allow the action on what is named above"
    )


def test_other_errors_of_s3_are_not_hidden() -> None:
    with pytest.raises(ClientError, match="BadDigest"):
        s3_archives(FakeS3()).write_archive("key", lambda stream: (stream.write(b"x"), told_of(b"y"))[1])
