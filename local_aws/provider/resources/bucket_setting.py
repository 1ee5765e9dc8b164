"""The common part of a bucket's settings. Each is one document that is put, read and deleted."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from local_aws.provider import wire
from local_aws.provider.errors import AwsCallFailed, doing
from local_aws.provider.resources import naming
from local_aws.provider.resources.handler import ResourceHandler
from local_aws.provider.session import error_is

if TYPE_CHECKING:
    from collections.abc import Set

    from mypy_boto3_s3 import S3Client

    from local_aws.provider.session import Aws
    from local_aws.provider.wire import Props

_PROPAGATION_SECONDS = 60.0


class BucketSetting(ResourceHandler, ABC):
    """A setting of a bucket. Its id is the bucket's name, with ``,<account>`` if S3 must check the owner."""

    title: ClassVar[str]
    """The name in the messages of the real plugin."""

    missing_codes: ClassVar[tuple[str, ...]] = ()
    """AWS's error codes for a bucket without the setting."""

    @abstractmethod
    def put(self, client: S3Client, bucket: str, inputs: Props) -> None:
        """Set it."""

    @abstractmethod
    def get(self, client: S3Client, bucket: str) -> Props | None:
        """Return it as inputs, or ``None`` if it is not set."""

    @abstractmethod
    def remove(self, client: S3Client, bucket: str) -> None:
        """Unset it."""

    def create(self, aws: Aws, inputs: Props) -> str:
        """Set it, and return the id."""
        bucket, owner = wire.text(inputs, "bucket"), wire.text(inputs, "expectedBucketOwner")
        client = aws.s3(naming.region_of(aws, inputs))
        with doing(f"creating {self.title} ({bucket})"):
            # the bucket may not be known everywhere yet
            aws.retried(lambda: self.put(client, bucket, inputs), error_is("OperationAborted"), _PROPAGATION_SECONDS)
        return f"{bucket},{owner}" if owner else bucket

    def read(self, aws: Aws, identifier: str, known: Props) -> Props | None:
        """Return the setting, or ``None`` if it or its bucket is gone."""
        bucket, _, owner = identifier.partition(",")
        region = naming.region_of(aws, known)
        client = aws.s3(region)
        with doing(f"reading {self.title} ({identifier})"):
            try:
                found = self.get(client, bucket)
            except client.exceptions.ClientError as error:
                if error_is("NoSuchBucket", "404", *self.missing_codes)(error):
                    return None
                raise
        if found is None:
            return None
        return {"bucket": bucket, "expectedBucketOwner": owner or None, "region": region, **found}

    def update(self, aws: Aws, identifier: str, inputs: Props, changed: Set[str]) -> None:  # noqa: ARG002 - all of it is set
        """Set it again."""
        bucket = identifier.partition(",")[0]
        with doing(f"updating {self.title} ({identifier})"):
            self.put(aws.s3(naming.region_of(aws, inputs)), bucket, inputs)

    def delete(self, aws: Aws, identifier: str, known: Props) -> None:
        """Unset it."""
        if wire.flag(known, "skipDestroy"):
            return
        bucket = identifier.partition(",")[0]
        try:
            with doing(f"deleting {self.title} ({identifier})"):
                self.remove(aws.s3(naming.region_of(aws, known)), bucket)
        except AwsCallFailed as error:
            if error.aws_code not in ("NoSuchBucket", "404", *self.missing_codes):
                raise
