"""``aws:s3/bucket:Bucket``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_aws.provider import wire
from local_aws.provider.errors import AwsCallFailed, created, doing
from local_aws.provider.resources import naming, rules, tagging
from local_aws.provider.resources.handler import AutoName, ResourceHandler, Traits
from local_aws.provider.resources.object_versions import delete_every_version
from local_aws.provider.session import error_is

if TYPE_CHECKING:
    from collections.abc import Iterator, Set
    from typing import Any

    from mypy_boto3_s3 import S3Client

    from local_aws.provider.errors import Problem
    from local_aws.provider.session import Aws
    from local_aws.provider.wire import Props

_ABORTED_SECONDS = 120.0


class Bucket(ResourceHandler):
    """A bucket. Its settings are separate resources."""

    traits = Traits(
        module="s3.bucket",
        name="Bucket",
        supported={"bucket", "bucketPrefix", "forceDestroy", "objectLockEnabled", "region", "tags"},
        replaces_on={"bucket", "bucketPrefix", "objectLockEnabled", "region"},
        computed={
            "acl",
            "accelerationStatus",
            "bucketNamespace",
            "corsRules",
            "grants",
            "lifecycleRules",
            "logging",
            "objectLockConfiguration",
            "objectLockEnabled",
            "policy",
            "replicationConfiguration",
            "requestPayer",
            "serverSideEncryptionConfiguration",
            "versioning",
            "website",
        },
        defaults={"forceDestroy": False},
        auto_name=AutoName(property="bucket", maximum_length=63, prefix_property="bucketPrefix", is_lower_case=True),
    )

    def check(self, inputs: Props) -> Iterator[Problem]:
        """Yield names that S3 refuses (Bucket naming rules, S3 user guide)."""
        yield from rules.has_length(inputs, "bucket", 3, 63)
        yield from rules.matches(
            inputs,
            "bucket",
            r"(?!xn--|sthree-)[a-z0-9]([a-z0-9.-]*[a-z0-9])?",
            "is no bucket name: lowercase letters, digits, dots and hyphens only, a letter or digit at either end",
        )
        yield from rules.has_length(inputs, "bucketPrefix", 0, 37)

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the bucket and tag it."""
        region = naming.region_of(aws, inputs)
        client = aws.s3(region)
        name = naming.given_or_prefixed(inputs, "bucket", "bucketPrefix")
        optional: dict[str, Any] = {}
        if region != "us-east-1":
            optional["CreateBucketConfiguration"] = {"LocationConstraint": region}
        if wire.flag(inputs, "objectLockEnabled"):
            optional["ObjectLockEnabledForBucket"] = True
        with doing(f"creating S3 Bucket ({name})"):
            aws.retried(
                lambda: client.create_bucket(Bucket=name, **optional), error_is("OperationAborted"), _ABORTED_SECONDS
            )
        with created(name), doing(f"setting S3 Bucket ({name}) tags"):
            self._put_tags(client, name, tagging.wanted_tags(aws, inputs))
        return name

    def read(self, aws: Aws, identifier: str, known: Props) -> Props | None:
        """Return the bucket, or ``None`` if the region has no bucket of this name."""
        region = naming.region_of(aws, known)
        client = aws.s3(region)
        with doing(f"reading S3 Bucket ({identifier})"):
            try:
                client.head_bucket(Bucket=identifier)
            except client.exceptions.ClientError as error:
                if error_is("404", "NoSuchBucket", "NotFound")(error):
                    return None
                raise
            tags = self._tags(client, identifier)
        suffix = f"{region}.amazonaws.com"
        return {
            "arn": f"arn:{aws.partition}:s3:::{identifier}",
            "bucket": identifier,
            "bucketDomainName": f"{identifier}.s3.amazonaws.com",
            "bucketRegion": region,
            "bucketRegionalDomainName": f"{identifier}.s3.{suffix}",
            "region": region,
            **tagging.tag_outputs(aws, tags, known),
        }

    def update(self, aws: Aws, identifier: str, inputs: Props, changed: Set[str]) -> None:
        """Change the tags. Nothing else of a bucket can change in place."""
        if "tags" in changed:
            with doing(f"updating S3 Bucket ({identifier}) tags"):
                wanted = tagging.wanted_tags(aws, inputs)
                self._put_tags(aws.s3(naming.region_of(aws, inputs)), identifier, wanted, is_update=True)

    def delete(self, aws: Aws, identifier: str, known: Props) -> None:
        """Delete the bucket. With ``forceDestroy``, delete all versions of all its objects first."""
        client = aws.s3(naming.region_of(aws, known))
        try:
            with doing(f"deleting S3 Bucket ({identifier})"):
                if wire.flag(known, "forceDestroy"):
                    delete_every_version(client, identifier)
                client.delete_bucket(Bucket=identifier)
        except AwsCallFailed as error:
            if error.aws_code not in ("NoSuchBucket", "404"):
                raise

    def _tags(self, client: S3Client, name: str) -> dict[str, str]:
        try:
            return {tag["Key"]: tag["Value"] for tag in client.get_bucket_tagging(Bucket=name)["TagSet"]}
        except client.exceptions.ClientError as error:
            if error_is("NoSuchTagSet")(error):
                return {}
            raise

    def _put_tags(self, client: S3Client, name: str, wanted: dict[str, str], *, is_update: bool = False) -> None:
        if wanted:
            client.put_bucket_tagging(
                Bucket=name, Tagging={"TagSet": [{"Key": key, "Value": value} for key, value in wanted.items()]}
            )
        elif is_update:
            client.delete_bucket_tagging(Bucket=name)
