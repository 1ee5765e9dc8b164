"""``aws:s3/bucketPolicy:BucketPolicy``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_aws.provider import wire
from local_aws.provider.resources.bucket_setting import BucketSetting
from local_aws.provider.resources.handler import Traits

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from local_aws.provider.wire import Props


class BucketPolicy(BucketSetting):
    """The policy of a bucket."""

    title = "S3 Bucket Policy"
    missing_codes = ("NoSuchBucketPolicy",)
    traits = Traits(
        module="s3.bucket_policy",
        name="BucketPolicy",
        supported={"bucket", "policy", "region"},
        replaces_on={"bucket", "region"},
        policies={"policy"},
    )

    def put(self, client: S3Client, bucket: str, inputs: Props) -> None:
        """Set the policy."""
        client.put_bucket_policy(Bucket=bucket, Policy=wire.text(inputs, "policy"))

    def get(self, client: S3Client, bucket: str) -> Props | None:
        """Return the policy."""
        return {"policy": client.get_bucket_policy(Bucket=bucket)["Policy"]}

    def remove(self, client: S3Client, bucket: str) -> None:
        """Remove the policy."""
        client.delete_bucket_policy(Bucket=bucket)
