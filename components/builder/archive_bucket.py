"""ArchiveBucket: the layer archives of one region. Lambda reads archives of its own region only."""

import pulumi
import pulumi_aws as aws

from builder_lambda.contract.store_keys import CODEBUILD, PREFIX, SOURCE_BUILDS
from layer_deployment.names import ARCHIVE_BUCKET

from . import policies


class ArchiveBucket(pulumi.ComponentResource):
    """A private, encrypted bucket of one region. It accepts only TLS connections.

    It has no versioning. Keys name their content, so nothing is replaced. And S3 asks for 15 minutes without writes
    after versioning is first switched on (AWS: S3 User Guide, "Enabling versioning on buckets").
    """

    region: str
    """Region of the bucket."""

    bucket: pulumi.Output[str]
    """Name of the bucket. Known after its protection is in place."""

    arn: pulumi.Output[str]
    """ARN of the bucket."""

    def __init__(self, name: str, region: str, opts: pulumi.ResourceOptions | None = None) -> None:
        """Register the bucket and its protection.

        :param name: unique name. The name of the bucket is this name with a random end.
        """
        super().__init__(ARCHIVE_BUCKET, name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)

        bucket = aws.s3.Bucket(name, region=region, force_destroy=True, opts=child)
        protection = [
            aws.s3.BucketPublicAccessBlock(
                f"{name}-private",
                bucket=bucket.bucket,
                region=region,
                block_public_acls=True,
                block_public_policy=True,
                ignore_public_acls=True,
                restrict_public_buckets=True,
                opts=child,
            ),
            aws.s3.BucketServerSideEncryptionConfiguration(
                f"{name}-encrypted",
                bucket=bucket.bucket,
                region=region,
                rules=[
                    {
                        "apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"},
                        # What S3 sets for new buckets by itself. Unset, some releases of the plugin would undo it.
                        "blocked_encryption_types": ["SSE-C"],
                        "bucket_key_enabled": False,
                    }
                ],
                opts=child,
            ),
            aws.s3.BucketPolicy(
                f"{name}-tls",
                bucket=bucket.bucket,
                region=region,
                policy=bucket.arn.apply(lambda arn: policies.require_tls(bucket_arn=arn)),
                opts=child,
            ),
        ]
        aws.s3.BucketLifecycleConfiguration(
            f"{name}-lifecycle",
            bucket=bucket.bucket,
            region=region,
            rules=[
                # Archives stay: regions that are added later copy them.
                {
                    "id": "abort-uploads",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "abort_incomplete_multipart_upload": {"days_after_initiation": 1},
                },
                _expiring(CODEBUILD),
                _expiring(SOURCE_BUILDS),
            ],
            opts=pulumi.ResourceOptions(parent=self, depends_on=protection),
        )

        self.region = region
        # Nothing is uploaded before the bucket is private: users of the name wait for the protection.
        self.bucket = pulumi.Output.all(bucket.bucket, *[part.id for part in protection]).apply(
            lambda values: str(values[0])
        )
        self.arn = bucket.arn
        self.register_outputs({"bucket": self.bucket, "arn": self.arn})


def _expiring(folder: str) -> aws.s3.BucketLifecycleConfigurationRuleArgsDict:
    """Return the rule that removes files which a build leaves."""
    return {
        "id": f"expire-{folder.rstrip('/')}",
        "status": "Enabled",
        "filter": {"prefix": f"{PREFIX}{folder}"},
        "expiration": {"days": 1},
    }
