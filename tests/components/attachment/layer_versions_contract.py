"""What Lambda tells of layer versions: the same cases for the fake and for the embedded AWS."""

import io
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from components.attachment.attachments import Unavailable
from components.attachment.layer_version_facts import ArchiveDirectory, LayerVersionFacts, LayerVersions


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return an archive that is packed, so that packed and unpacked sizes differ."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("python/", b"")
        for path, content in files.items():
            archive.writestr(path, content)
    return made.getvalue()


REQUESTS = zipped(
    {
        "python/requests/__init__.py": b"# nothing\n" * 100,
        "python/requests-2.31.0.dist-info/METADATA": b"Name: requests\n",
        "python/typing_extensions-4.12.2.dist-info/METADATA": b"",
        "python/setuptools/_vendor/packaging-24.2.dist-info/METADATA": b"",
    }
)


class Publisher(ABC):
    """Publishes layer versions: this account's, and of another one."""

    @abstractmethod
    def client(self) -> Any:
        """Return the Lambda client of this account."""

    @abstractmethod
    def publish(self, name: str, content: bytes, *, runtimes: Sequence[str], architectures: Sequence[str]) -> str:
        """Publish a version of this account, and return its ARN."""

    @abstractmethod
    def publish_elsewhere(self, name: str, content: bytes, *, shared: bool) -> str:
        """Publish a version of another account, and return its ARN."""

    @abstractmethod
    def delete(self, arn: str) -> None:
        """Delete a version of this account."""


class LayerVersionsContract:
    """Cases; a subclass gives the fixture ``publisher``."""

    def test_a_version_is_read_without_its_members(self, publisher: Publisher) -> None:
        arn = publisher.publish("read", REQUESTS, runtimes=["python3.13"], architectures=["arm64"])
        assert LayerVersions(publisher.client()).read(arn) == LayerVersionFacts(
            runtimes=("python3.13",),
            architectures=("arm64",),
            directory=ArchiveDirectory(
                unpacked_bytes=1015,
                distributions=frozenset({(None, "requests", "2.31.0"), (None, "typing-extensions", "4.12.2")}),
            ),
        )

    def test_a_version_that_declares_nothing_is_for_everything(self, publisher: Publisher) -> None:
        arn = publisher.publish("undeclared", REQUESTS, runtimes=[], architectures=[])
        facts = LayerVersions(publisher.client()).read(arn)
        assert isinstance(facts, LayerVersionFacts)
        assert (facts.runtimes, facts.architectures) == ((), ())

    def test_a_version_that_another_account_shares_is_read(self, publisher: Publisher) -> None:
        arn = publisher.publish_elsewhere("shared", REQUESTS, shared=True)
        facts = LayerVersions(publisher.client()).read(arn)
        assert isinstance(facts, LayerVersionFacts)
        assert facts.directory is not None
        assert facts.directory.unpacked_bytes == 1015

    def test_a_version_that_another_account_does_not_share_is_denied(self, publisher: Publisher) -> None:
        arn = publisher.publish_elsewhere("private", REQUESTS, shared=False)
        found = LayerVersions(publisher.client()).read(arn)
        assert isinstance(found, Unavailable)
        assert found.kind == "denied"

    @pytest.mark.parametrize("is_deleted", [True, False])
    def test_a_version_that_is_deleted_or_never_was_is_gone(self, publisher: Publisher, *, is_deleted: bool) -> None:
        arn = publisher.publish("gone", REQUESTS, runtimes=[], architectures=[])
        if is_deleted:
            publisher.delete(arn)
        else:
            arn = f"{arn}000"
        found = LayerVersions(publisher.client()).read(arn)
        assert isinstance(found, Unavailable)
        assert found.kind == "gone"
