"""The archive store in an S3 bucket. Encryption at rest is the bucket's default."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from builder_lambda.archive.written import WrittenArchive
from builder_lambda.contract.aws_errors import code_of, is_denied
from builder_lambda.errors.builder_function import BuilderNotPermitted

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO, NoReturn

    from mypy_boto3_s3 import S3Client

PRESIGNED_SECONDS = 1000
"""How long a presigned URL is valid. A function may run for 900 s."""

_CODE_SHA256 = "code-sha256"
_NOT_FOUND = {"404", "NoSuchKey", "NotFound"}


class S3Archives:
    """Stores objects below one prefix of one bucket."""

    def __init__(self, *, client: S3Client, bucket: str, prefix: str) -> None:
        """Store below ``prefix``, which ends in ``/`` or is empty."""
        self._client = client
        self._bucket = bucket
        self._prefix = prefix

    def read_text(self, key: str) -> str | None:
        """See :class:`~builder_lambda.ports.ports.ArchiveStore`.

        :raises BuilderNotPermitted: if AWS denies it. To a role that may not list, S3 also denies missing objects.
        """
        content = self.read_bytes(key)
        return None if content is None else content.decode("utf-8")

    def write_text(self, key: str, text: str) -> None:
        """See :class:`~builder_lambda.ports.ports.ArchiveStore`.

        :raises BuilderNotPermitted: if AWS denies it.
        """
        self._write(key, text.encode("utf-8"), "application/toml" if key.endswith(".toml") else "application/json")

    def read_bytes(self, key: str) -> bytes | None:
        """See :class:`~builder_lambda.ports.ports.ArchiveStore`.

        :raises BuilderNotPermitted: if AWS denies it.
        """
        try:
            reply = self._client.get_object(Bucket=self._bucket, Key=self._prefix + key)
        except ClientError as error:
            self._raise_unless_missing(error, "s3:GetObject", key)
            return None
        return reply["Body"].read()

    def write_bytes(self, key: str, content: bytes) -> None:
        """See :class:`~builder_lambda.ports.ports.ArchiveStore`.

        :raises BuilderNotPermitted: if AWS denies it.
        """
        self._write(key, content, "application/octet-stream")

    def location_of(self, key: str) -> str:
        """See :class:`~builder_lambda.ports.ports.ArchiveStore`."""
        return f"s3://{self._bucket}/{self._prefix}{key}"

    def find_archive(self, key: str) -> WrittenArchive | None:
        """See :class:`~builder_lambda.ports.ports.ArchiveStore`.

        :raises BuilderNotPermitted: if AWS denies it.
        """
        try:
            head = self._client.head_object(Bucket=self._bucket, Key=self._prefix + key)
        except ClientError as error:
            # HEAD needs s3:GetObject. It has no error document, so the code is a bare status.
            self._raise_unless_missing(error, "s3:GetObject", key)
            return None
        code_sha256 = head["Metadata"].get(_CODE_SHA256)
        return WrittenArchive(code_sha256=code_sha256, size_bytes=head["ContentLength"]) if code_sha256 else None

    def write_archive(self, key: str, write: Callable[[BinaryIO], WrittenArchive]) -> WrittenArchive:
        """See :class:`~builder_lambda.ports.ports.ArchiveStore`. S3 checks the sha256 of the upload.

        :raises BuilderNotPermitted: if AWS denies it.
        """
        # On the disk: memory holds the wheels already. A spooled file would hold a large member in memory again
        # before it moved to the disk.
        with tempfile.TemporaryFile() as file:
            written = write(file)
            file.seek(0)
            try:
                self._client.put_object(
                    Bucket=self._bucket,
                    Key=self._prefix + key,
                    Body=file,
                    ContentLength=written.size_bytes,
                    ContentType="application/zip",
                    ChecksumSHA256=written.code_sha256,
                    Metadata={_CODE_SHA256: written.code_sha256},
                )
            except ClientError as error:
                self._raise(error, "s3:PutObject", key)
        return written

    def remove(self, key: str) -> None:
        """Remove the object at ``key`` if there is one. The builder function itself never does.

        :raises BuilderNotPermitted: if AWS denies it.
        """
        try:
            self._client.delete_object(Bucket=self._bucket, Key=self._prefix + key)
        except ClientError as error:
            self._raise(error, "s3:DeleteObject", key)

    def presigned_get(self, key: str) -> str:
        """Return a URL with which anybody can read this object, for :data:`PRESIGNED_SECONDS`."""
        return self._presigned("get_object", key)

    def presigned_put(self, key: str) -> str:
        """Return a URL with which anybody can write this object, for :data:`PRESIGNED_SECONDS`."""
        return self._presigned("put_object", key)

    def _presigned(self, operation: str, key: str) -> str:
        where = {"Bucket": self._bucket, "Key": self._prefix + key}
        return self._client.generate_presigned_url(operation, Params=where, ExpiresIn=PRESIGNED_SECONDS)

    def _write(self, key: str, content: bytes, content_type: str) -> None:
        try:
            self._client.put_object(Bucket=self._bucket, Key=self._prefix + key, Body=content, ContentType=content_type)
        except ClientError as error:
            self._raise(error, "s3:PutObject", key)

    def _raise_unless_missing(self, error: ClientError, action: str, key: str) -> None:
        if code_of(error) not in _NOT_FOUND:
            self._raise(error, action, key)

    def _raise(self, error: ClientError, action: str, key: str) -> NoReturn:
        if is_denied(error):
            detail = f"s3://{self._bucket}/{self._prefix}{key}\n{error}"
            raise BuilderNotPermitted(action=action, detail=detail) from error
        raise error
