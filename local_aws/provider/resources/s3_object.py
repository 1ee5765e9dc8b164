"""The common part of uploaded and copied objects: their arguments, how they are read, and how they are deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_aws.provider import wire
from local_aws.provider.errors import AwsCallFailed, doing
from local_aws.provider.resources import naming, tagging
from local_aws.provider.resources.object_versions import delete_every_version
from local_aws.provider.session import error_is

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from local_aws.provider.session import Aws
    from local_aws.provider.wire import Props

HEADERS: Mapping[str, str] = {
    "bucketKeyEnabled": "BucketKeyEnabled",
    "cacheControl": "CacheControl",
    "checksumAlgorithm": "ChecksumAlgorithm",
    "contentDisposition": "ContentDisposition",
    "contentEncoding": "ContentEncoding",
    "contentLanguage": "ContentLanguage",
    "contentType": "ContentType",
    "kmsKeyId": "SSEKMSKeyId",
    "metadata": "Metadata",
    "serverSideEncryption": "ServerSideEncryption",
    "storageClass": "StorageClass",
    "websiteRedirect": "WebsiteRedirectLocation",
}
"""Inputs that S3 gets unchanged, with S3's names."""

FILLED_IN = frozenset({"bucketKeyEnabled", "contentType", "kmsKeyId", "serverSideEncryption", "storageClass"})
"""Those that S3 returns even if the program gives none."""


def passed_on(inputs: Props) -> dict[str, Any]:
    """Return the inputs that are arguments of a put or copy."""
    given = {theirs: inputs[ours] for ours, theirs in HEADERS.items() if not wire.is_blank(inputs.get(ours))}
    if "SSEKMSKeyId" in given:
        given.setdefault("ServerSideEncryption", "aws:kms")
    return given


def read_object(aws: Aws, bucket: str, key: str, known: Props, doing_what: str) -> Props | None:
    """Return the properties of an object, or ``None`` if it is gone."""
    region = naming.region_of(aws, known)
    client = aws.s3(region)
    with doing(doing_what):
        try:
            head = client.head_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED")
            tags = client.get_object_tagging(Bucket=bucket, Key=key)["TagSet"]
        except client.exceptions.ClientError as error:
            if error_is("404", "NoSuchKey", "NotFound", "NoSuchBucket")(error):
                return None
            raise
    return {
        "arn": f"arn:{aws.partition}:s3:::{bucket}/{key}",
        "bucket": bucket,
        "bucketKeyEnabled": head.get("BucketKeyEnabled", False),
        "cacheControl": head.get("CacheControl", ""),
        "checksumCrc32": head.get("ChecksumCRC32", ""),
        "checksumCrc32c": head.get("ChecksumCRC32C", ""),
        "checksumCrc64nvme": head.get("ChecksumCRC64NVME", ""),
        "checksumSha1": head.get("ChecksumSHA1", ""),
        "checksumSha256": head.get("ChecksumSHA256", ""),
        "contentDisposition": head.get("ContentDisposition", ""),
        "contentEncoding": head.get("ContentEncoding", ""),
        "contentLanguage": head.get("ContentLanguage", ""),
        "contentType": head.get("ContentType", ""),
        "etag": head["ETag"].strip('"'),
        "key": key,
        "kmsKeyId": head.get("SSEKMSKeyId", ""),
        "metadata": {**head.get("Metadata", {})},
        "region": region,
        "serverSideEncryption": head.get("ServerSideEncryption", ""),
        "storageClass": head.get("StorageClass", "STANDARD"),
        # S3 returns "null" as the version in a bucket without versions
        "versionId": head.get("VersionId", "").replace("null", ""),
        "websiteRedirect": head.get("WebsiteRedirectLocation", ""),
        **tagging.tag_outputs(aws, {tag["Key"]: tag["Value"] for tag in tags}, known),
    }


def delete_object(aws: Aws, known: Props, doing_what: str) -> None:
    """Delete an object. If its bucket keeps versions, delete all of them."""
    bucket, key = wire.text(known, "bucket"), wire.text(known, "key")
    client = aws.s3(naming.region_of(aws, known))
    try:
        with doing(doing_what):
            if wire.text(known, "versionId"):
                delete_every_version(client, bucket, key)
            else:
                client.delete_object(Bucket=bucket, Key=key)
    except AwsCallFailed as error:
        if error.aws_code not in ("NoSuchBucket", "NoSuchKey", "404"):
            raise
