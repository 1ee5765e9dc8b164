"""Delete objects with all their versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef


def delete_every_version(client: S3Client, bucket: str, key: str | None = None) -> None:
    """Delete all versions and delete markers of ``key``.

    If it is ``None``, delete those of every key, and unfinished uploads.

    :raises ClientError: if a version cannot be deleted, for example because it is locked.
    """
    pages = client.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=key or "")
    for page in pages:
        found: list[ObjectIdentifierTypeDef] = [
            {"Key": item["Key"], "VersionId": item["VersionId"]}
            for item in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            if key is None or item["Key"] == key
        ]
        if not found:
            continue
        reply = client.delete_objects(Bucket=bucket, Delete={"Objects": found, "Quiet": True})
        for error in reply.get("Errors", []):
            message = f"{error.get('Key')}: {error.get('Message')}"
            raise ClientError({"Error": {"Code": error.get("Code", ""), "Message": message}}, "DeleteObjects")
    if key is None:
        for upload in client.list_multipart_uploads(Bucket=bucket).get("Uploads", []):
            client.abort_multipart_upload(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])
