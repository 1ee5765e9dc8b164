"""``aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_aws.provider import wire
from local_aws.provider.resources.bucket_setting import BucketSetting
from local_aws.provider.resources.handler import Traits

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from local_aws.provider.wire import Props


class BucketPublicAccessBlock(BucketSetting):
    """The settings that keep a bucket from becoming public."""

    title = "S3 Bucket Public Access Block"
    missing_codes = ("NoSuchPublicAccessBlockConfiguration",)
    traits = Traits(
        module="s3.bucket_public_access_block",
        name="BucketPublicAccessBlock",
        supported={
            "blockPublicAcls",
            "blockPublicPolicy",
            "bucket",
            "ignorePublicAcls",
            "region",
            "restrictPublicBuckets",
            "skipDestroy",
        },
        replaces_on={"bucket", "region"},
        defaults={
            "blockPublicAcls": False,
            "blockPublicPolicy": False,
            "ignorePublicAcls": False,
            "restrictPublicBuckets": False,
        },
    )

    def put(self, client: S3Client, bucket: str, inputs: Props) -> None:
        """Set the four switches."""
        client.put_public_access_block(
            Bucket=bucket,
            PublicAccessBlockConfiguration={
                "BlockPublicAcls": wire.flag(inputs, "blockPublicAcls"),
                "BlockPublicPolicy": wire.flag(inputs, "blockPublicPolicy"),
                "IgnorePublicAcls": wire.flag(inputs, "ignorePublicAcls"),
                "RestrictPublicBuckets": wire.flag(inputs, "restrictPublicBuckets"),
            },
        )

    def get(self, client: S3Client, bucket: str) -> Props | None:
        """Return the four switches."""
        found = client.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
        return {
            "blockPublicAcls": found.get("BlockPublicAcls", False),
            "blockPublicPolicy": found.get("BlockPublicPolicy", False),
            "ignorePublicAcls": found.get("IgnorePublicAcls", False),
            "restrictPublicBuckets": found.get("RestrictPublicBuckets", False),
        }

    def remove(self, client: S3Client, bucket: str) -> None:
        """Remove the block."""
        client.delete_public_access_block(Bucket=bucket)
