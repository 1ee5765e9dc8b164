"""ArchiveBucket: the layer archives of one region. Lambda reads archives of its own region only."""

import pulumi
import pulumi_aws as aws

from layer_deployment.names import ARCHIVE_BUCKET

from . import policies

_NONCURRENT_DAYS = 30


class ArchiveBucket(pulumi.ComponentResource):
    """A private, encrypted, versioned bucket of one region. It accepts only TLS connections."""

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
                rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
                opts=child,
            ),
            aws.s3.BucketVersioning(
                f"{name}-versioned",
                bucket=bucket.bucket,
                region=region,
                versioning_configuration={"status": "Enabled"},
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
                {
                    # Current archives stay: regions that are added later copy them.
                    "id": "expire-what-was-replaced",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "noncurrent_version_expiration": {"noncurrent_days": _NONCURRENT_DAYS},
                    "abort_incomplete_multipart_upload": {"days_after_initiation": 1},
                }
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
