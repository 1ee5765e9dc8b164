"""Copies of archives in the buckets of other regions: Lambda reads archives of its own region only."""

import pulumi
import pulumi_aws as aws

from .archive_bucket import ArchiveBucket


def copied_archive(
    name: str, key: pulumi.Output[str], *, home: ArchiveBucket, bucket: ArchiveBucket, parent: pulumi.Resource
) -> pulumi.Output[str]:
    """Register the copy of an archive in a bucket, and return its key there. The home bucket needs no copy."""
    if bucket is home:
        return key
    copy = aws.s3.ObjectCopy(
        name,
        bucket=bucket.bucket,
        key=key,
        source=pulumi.Output.concat(home.bucket, "/", key),
        region=bucket.region,
        # When the home region moves, the new copy gets the same key before the old one is deleted. A deletion would
        # remove both.
        opts=pulumi.ResourceOptions(parent=parent, retain_on_delete=True),
    )
    return copy.key
