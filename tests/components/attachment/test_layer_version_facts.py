import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from components.attachment.attachments import Unavailable
from components.attachment.layer_version_facts import ArchiveDirectory, LayerVersionFacts, LayerVersions
from components.attachment.ranged_file import open_url
from tests.components.archive_server import archive_server
from tests.components.attachment.fake_layer_versions import FakeLayerVersions
from tests.components.attachment.layer_versions_contract import LayerVersionsContract, Publisher, zipped
from tests.components.fakes import refusal


class FakePublisher(Publisher):
    """Publishes into the fake."""

    def __init__(self, versions: FakeLayerVersions) -> None:
        self.versions = versions

    def client(self) -> Any:
        return self.versions

    def publish(self, name: str, content: bytes, *, runtimes: Sequence[str], architectures: Sequence[str]) -> str:
        return self.versions.publish(name, content, runtimes=runtimes, architectures=architectures)

    def publish_elsewhere(self, name: str, content: bytes, *, shared: bool) -> str:
        return self.versions.publish(name, content, account="999988887777", shared=shared)

    def delete(self, arn: str) -> None:
        self.versions.delete(arn)


class TestFake(LayerVersionsContract):
    """The fake answers as Lambda does."""

    @pytest.fixture
    def publisher(self) -> Iterator[Publisher]:
        with archive_server() as server:
            yield FakePublisher(FakeLayerVersions(server))


def test_a_runtime_finds_its_own_folder_and_the_common_one() -> None:
    directory = ArchiveDirectory(
        unpacked_bytes=1,
        distributions=frozenset(
            {
                (None, "six", "1.16.0"),
                ("python3.13", "six", "1.17.0"),
                ("python3.12", "six", "1.15.0"),
                (None, "idna", "3.9"),
            }
        ),
    )
    assert directory.packages("python3.13") == {"six": "1.17.0", "idna": "3.9"}
    assert directory.packages("python3.11") == {"six": "1.16.0", "idna": "3.9"}


def test_distributions_are_found_by_their_folders_on_the_import_path_only() -> None:
    content = zipped(
        {
            "python/lib/python3.12/site-packages/Zope.Interface-7.2.dist-info/RECORD": b"",
            "python/torch-2.9.0+cpu.dist-info/RECORD": b"",
            "python/nested/idna-3.9.dist-info/RECORD": b"",
            "lib/idna-3.8.dist-info/RECORD": b"",
            "python/no_version.dist-info/RECORD": b"",
        }
    )
    with archive_server() as server, open_url(server.put("layer", content)) as file:
        assert ArchiveDirectory.read(file).distributions == {
            ("python3.12", "zope-interface", "7.2"),
            (None, "torch", "2.9.0+cpu"),
        }


@pytest.mark.parametrize("content", [b"no archive", zipped({"a": b"b"})[:-10]])
def test_a_file_that_is_no_archive_is_reported_and_the_rest_is_known(content: bytes) -> None:
    with archive_server() as server:
        versions = FakeLayerVersions(server)
        arn = versions.publish("broken", content, runtimes=["python3.13"])
        assert LayerVersions(versions).read(arn) == LayerVersionFacts(
            runtimes=("python3.13",), architectures=(), directory=None, not_read="File is not a zip file"
        )


def test_an_archive_that_cannot_be_fetched_is_reported_and_the_rest_is_known() -> None:
    with archive_server("denied") as server:
        versions = FakeLayerVersions(server)
        arn = versions.publish("blocked", zipped({"a": b"b"}), architectures=["arm64"])
        assert LayerVersions(versions).read(arn) == LayerVersionFacts(
            runtimes=(),
            architectures=("arm64",),
            directory=None,
            not_read="127.0.0.1 answered with HTTP status 403",
        )


def test_an_answer_without_an_address_is_reported() -> None:
    class WithoutAddress:
        def get_layer_version_by_arn(self, **_arn: str) -> dict[str, Any]:
            return {"Content": {"CodeSize": 0}}

    facts = LayerVersions(WithoutAddress()).read("arn")
    assert isinstance(facts, LayerVersionFacts)
    assert facts.not_read == "AWS gives no address of its archive"


@pytest.mark.parametrize(
    ("error", "kind", "detail"),
    [
        (refusal("GetLayerVersionByArn", "AccessDeniedException"), "denied", "AccessDeniedException"),
        (refusal("GetLayerVersionByArn", "ResourceNotFoundException"), "gone", "ResourceNotFoundException"),
        (
            refusal("GetLayerVersionByArn", "ExpiredTokenException"),
            "unanswered",
            "ExpiredTokenException: ExpiredTokenException",
        ),
        (
            EndpointConnectionError(endpoint_url="https://lambda.invalid"),
            "unanswered",
            'Could not connect to the endpoint URL: "https://lambda.invalid"',
        ),
    ],
)
def test_refusals_have_different_kinds(error: Exception, kind: str, detail: str) -> None:
    class Refusing:
        def get_layer_version_by_arn(self, **_arn: str) -> dict[str, Any]:
            raise error

    found = LayerVersions(Refusing()).read("arn")
    assert isinstance(found, Unavailable)
    assert (found.kind, found.detail) == (kind, detail)


def test_the_size_is_that_of_the_files_without_folders() -> None:
    with archive_server() as server, open_url(server.put("layer", zipped({"python/a.py": b"a" * 5000}))) as file:
        assert zipfile.ZipFile(file).getinfo("python/a.py").compress_size < 100
        file.seek(0)
        assert ArchiveDirectory.read(file).unpacked_bytes == 5000
