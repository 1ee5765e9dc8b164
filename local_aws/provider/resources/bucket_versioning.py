"""``aws:s3/bucketVersioning:BucketVersioning``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_aws.provider import wire
from local_aws.provider.resources import rules
from local_aws.provider.resources.bucket_setting import BucketSetting
from local_aws.provider.resources.handler import Traits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_s3 import S3Client

    from local_aws.provider.errors import Problem
    from local_aws.provider.wire import Props


class BucketVersioning(BucketSetting):
    """Whether a bucket keeps versions. It can stop keeping new ones, but the old ones stay."""

    title = "S3 Bucket Versioning"
    traits = Traits(
        module="s3.bucket_versioning",
        name="BucketVersioning",
        supported={"bucket", "expectedBucketOwner", "region", "versioningConfiguration"},
        replaces_on={"bucket", "expectedBucketOwner", "region"},
        computed={"versioningConfiguration.mfaDelete"},
    )

    def check(self, inputs: Props) -> Iterator[Problem]:
        """Yield an unknown status."""
        status = rules.is_one_of(
            wire.block(inputs, "versioningConfiguration"), "status", ("Enabled", "Suspended", "Disabled")
        )
        yield from rules.within("versioningConfiguration", status)

    def put(self, client: S3Client, bucket: str, inputs: Props) -> None:
        """Set the status. A new bucket is ``Disabled``, which cannot be set."""
        status = wire.text(wire.block(inputs, "versioningConfiguration"), "status")
        if status == "Enabled":
            client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        elif status == "Suspended":
            self.remove(client, bucket)

    def get(self, client: S3Client, bucket: str) -> Props | None:
        """Return the status."""
        found = client.get_bucket_versioning(Bucket=bucket)
        configuration: Props = {"status": found.get("Status", "Disabled"), "mfaDelete": found.get("MFADelete", "")}
        return {"versioningConfiguration": configuration}

    def remove(self, client: S3Client, bucket: str) -> None:
        """Suspend it. Existing versions stay."""
        if client.get_bucket_versioning(Bucket=bucket).get("Status") == "Enabled":
            client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
