"""``aws:s3/bucketOwnershipControls:BucketOwnershipControls``."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from local_aws.provider import wire
from local_aws.provider.resources import rules
from local_aws.provider.resources.bucket_setting import BucketSetting
from local_aws.provider.resources.handler import Traits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.literals import ObjectOwnershipType

    from local_aws.provider.errors import Problem
    from local_aws.provider.wire import Props


class BucketOwnershipControls(BucketSetting):
    """The owner of objects that other accounts upload to a bucket."""

    title = "S3 Bucket Ownership Controls"
    missing_codes = ("OwnershipControlsNotFoundError",)
    traits = Traits(
        module="s3.bucket_ownership_controls",
        name="BucketOwnershipControls",
        supported={"bucket", "region", "rule"},
        replaces_on={"bucket", "region"},
    )

    def check(self, inputs: Props) -> Iterator[Problem]:
        """Yield an unknown ownership."""
        choices = rules.enumeration("s3", "ObjectOwnership")
        yield from rules.within("rule", rules.is_one_of(wire.block(inputs, "rule"), "objectOwnership", choices))

    def put(self, client: S3Client, bucket: str, inputs: Props) -> None:
        """Set the ownership."""
        ownership = cast("ObjectOwnershipType", wire.text(wire.block(inputs, "rule"), "objectOwnership"))
        client.put_bucket_ownership_controls(
            Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": ownership}]}
        )

    def get(self, client: S3Client, bucket: str) -> Props | None:
        """Return the ownership."""
        found = client.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"]
        return {"rule": {"objectOwnership": found[0]["ObjectOwnership"]}} if found else None

    def remove(self, client: S3Client, bucket: str) -> None:
        """Restore S3's default."""
        client.delete_bucket_ownership_controls(Bucket=bucket)
