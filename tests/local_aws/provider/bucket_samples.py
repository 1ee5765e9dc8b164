"""One program fragment for each resource type of S3."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.local_aws.provider.conftest import ACCOUNT
from tests.local_aws.provider.engine import unique
from tests.local_aws.provider.sample import (
    Sample,
    a_bucket,
    text_asset,
)

if TYPE_CHECKING:
    from local_aws.provider.wire import Json, Props
    from tests.local_aws.provider.conftest import Aws


def bucket(aws: Aws) -> Sample:
    name = unique("some-bucket")
    return Sample(
        token="aws:s3/bucket:Bucket",
        program={"bucket": name, "forceDestroy": True, "tags": {"team": "layers"}},
        change={"tags": {"team": "other", "more": "yes"}},
        drift=lambda: aws.s3().delete_bucket_tagging(Bucket=name),
        drifted={"tags.team": "ADD"},
        only_program=("forceDestroy",),
    )


def bucket_versioning(aws: Aws) -> Sample:
    name = a_bucket(aws)
    status: Props = {"status": "Enabled"}
    return Sample(
        token="aws:s3/bucketVersioning:BucketVersioning",
        program={"bucket": name, "versioningConfiguration": status},
        change={"versioningConfiguration": {"status": "Suspended"}},
        drift=lambda: aws.s3().put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Suspended"}),
        drifted={"versioningConfiguration.status": "UPDATE"},
    )


def bucket_encryption(aws: Aws) -> Sample:
    name = a_bucket(aws)

    def rules(algorithm: str, *, uses_key: bool = False) -> list[Json]:
        return [
            {"applyServerSideEncryptionByDefault": {"sseAlgorithm": algorithm}, "bucketKeyEnabled": uses_key},
        ]

    return Sample(
        token="aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        program={"bucket": name, "rules": rules("AES256")},
        change={"rules": rules("aws:kms", uses_key=True)},
        drift=lambda: aws.s3().put_bucket_encryption(
            Bucket=name,
            ServerSideEncryptionConfiguration={
                "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]
            },
        ),
        drifted={"rules[0].applyServerSideEncryptionByDefault.sseAlgorithm": "UPDATE"},
    )


def bucket_public_access_block(aws: Aws) -> Sample:
    name = a_bucket(aws)
    return Sample(
        token="aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        program={"bucket": name, "blockPublicAcls": True, "blockPublicPolicy": True},
        change={"ignorePublicAcls": True},
        drift=lambda: aws.s3().put_public_access_block(
            Bucket=name, PublicAccessBlockConfiguration={"BlockPublicAcls": True, "RestrictPublicBuckets": True}
        ),
        drifted={"blockPublicPolicy": "UPDATE", "restrictPublicBuckets": "UPDATE"},
    )


def bucket_ownership_controls(aws: Aws) -> Sample:
    name = a_bucket(aws)
    return Sample(
        token="aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        program={"bucket": name, "rule": {"objectOwnership": "BucketOwnerEnforced"}},
        change={"rule": {"objectOwnership": "BucketOwnerPreferred"}},
        drift=lambda: aws.s3().put_bucket_ownership_controls(
            Bucket=name, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
        ),
        drifted={"rule.objectOwnership": "UPDATE"},
    )


def bucket_policy(aws: Aws) -> Sample:
    name = a_bucket(aws)

    def document(action: str) -> str:
        statement = {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": action,
            "Resource": f"arn:aws:s3:::{name}/*",
        }
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2)

    return Sample(
        token="aws:s3/bucketPolicy:BucketPolicy",
        program={"bucket": name, "policy": document("s3:GetObject")},
        change={"policy": document("s3:PutObject")},
        drift=lambda: aws.s3().put_bucket_policy(Bucket=name, Policy=document("s3:DeleteObject")),
        drifted={"policy": "UPDATE"},
    )


def bucket_lifecycle(aws: Aws) -> Sample:
    name = a_bucket(aws)
    old: Props = {"id": "old", "status": "Enabled", "noncurrentVersionExpiration": {"noncurrentDays": 30}}
    tagged: Props = {
        "id": "tagged",
        "status": "Enabled",
        "filter": {"and": {"prefix": "tmp/", "tags": {"kind": "temporary"}}},
        "expiration": {"days": 7},
        "abortIncompleteMultipartUpload": {"daysAfterInitiation": 1},
    }
    return Sample(
        token="aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        program={"bucket": name, "rules": [old, tagged]},
        change={"rules": [{**old, "noncurrentVersionExpiration": {"noncurrentDays": 60}}, tagged]},
        drift=lambda: aws.s3().put_bucket_lifecycle_configuration(
            Bucket=name,
            LifecycleConfiguration={
                "Rules": [
                    {"ID": "old", "Status": "Disabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}},
                ]
            },
        ),
        drifted={
            "rules[0].expiration": "DELETE",
            "rules[0].noncurrentVersionExpiration": "ADD",
            "rules[0].status": "UPDATE",
            "rules[1]": "ADD",
        },
    )


def bucket_object(aws: Aws) -> Sample:
    name = a_bucket(aws)
    return Sample(
        token="aws:s3/bucketObjectv2:BucketObjectv2",
        program={"bucket": name, "key": "some/key.txt", "source": text_asset("one"), "tags": {"a": "1"}},
        change={"source": text_asset("two"), "tags": {"a": "2"}},
        import_id=f"s3://{name}/some/key.txt",
        drift=lambda: aws.s3().delete_object_tagging(Bucket=name, Key="some/key.txt"),
        drifted={"tags.a": "ADD"},
        only_program=("source",),
    )


def object_copy(aws: Aws) -> Sample:
    source, target = a_bucket(aws, "source"), unique("target")
    aws.s3("eu-west-1").create_bucket(Bucket=target, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    for key in ("one.zip", "two.zip"):
        aws.s3().put_object(Bucket=source, Key=key, Body=key.encode())
    return Sample(
        token="aws:s3/objectCopy:ObjectCopy",
        program={"bucket": target, "key": "copy.zip", "source": f"{source}/one.zip", "region": "eu-west-1"},
        change={"source": f"{source}/two.zip"},
        replaces=("source",),
    )
