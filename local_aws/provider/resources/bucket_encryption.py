"""``aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_aws.provider import wire
from local_aws.provider.resources import rules
from local_aws.provider.resources.bucket_setting import BucketSetting
from local_aws.provider.resources.handler import Traits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from mypy_boto3_s3 import S3Client

    from local_aws.provider.errors import Problem
    from local_aws.provider.wire import Props

_BY_DEFAULT = "applyServerSideEncryptionByDefault"


class BucketEncryption(BucketSetting):
    """How a bucket encrypts its objects."""

    title = "S3 Bucket Server-side Encryption Configuration"
    missing_codes = ("ServerSideEncryptionConfigurationNotFoundError",)
    traits = Traits(
        module="s3.bucket_server_side_encryption_configuration",
        name="BucketServerSideEncryptionConfiguration",
        supported={"bucket", "expectedBucketOwner", "region", "rules"},
        replaces_on={"bucket", "expectedBucketOwner", "region"},
    )

    def check(self, inputs: Props) -> Iterator[Problem]:
        """Yield unknown algorithms."""
        for index, rule in enumerate(wire.blocks(inputs, "rules")):
            algorithms = rules.enumeration("s3", "ServerSideEncryption")
            algorithm = rules.is_one_of(wire.block(rule, _BY_DEFAULT), "sseAlgorithm", algorithms)
            yield from rules.within(f"rules[{index}].{_BY_DEFAULT}", algorithm)
            blocked = rules.is_one_of(rule, "blockedEncryptionTypes", rules.enumeration("s3", "EncryptionType"))
            yield from rules.within(f"rules[{index}]", blocked)

    def put(self, client: S3Client, bucket: str, inputs: Props) -> None:
        """Set the rules."""
        wanted: list[Any] = []
        for rule in wire.blocks(inputs, "rules"):
            default = wire.block(rule, _BY_DEFAULT)
            entry: dict[str, Any] = {"BucketKeyEnabled": wire.flag(rule, "bucketKeyEnabled")}
            if default:
                entry["ApplyServerSideEncryptionByDefault"] = {"SSEAlgorithm": wire.text(default, "sseAlgorithm")}
            if wire.text(default, "kmsMasterKeyId"):
                entry["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"] = wire.text(default, "kmsMasterKeyId")
            if blocked := wire.texts(rule, "blockedEncryptionTypes"):
                entry["BlockedEncryptionTypes"] = {"EncryptionType": list(blocked)}
            wanted.append(entry)
        client.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": wanted})

    def get(self, client: S3Client, bucket: str) -> Props | None:
        """Return the rules."""
        found = client.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        listed: list[wire.Json] = []
        for rule in found:
            default = rule.get("ApplyServerSideEncryptionByDefault", {})
            listed.append(
                {
                    _BY_DEFAULT: {
                        "sseAlgorithm": default.get("SSEAlgorithm", ""),
                        "kmsMasterKeyId": default.get("KMSMasterKeyID", ""),
                    },
                    "bucketKeyEnabled": rule.get("BucketKeyEnabled", False),
                    "blockedEncryptionTypes": list(rule.get("BlockedEncryptionTypes", {}).get("EncryptionType", ())),
                }
            )
        return {"rules": listed}

    def remove(self, client: S3Client, bucket: str) -> None:
        """Restore S3's default keys."""
        client.delete_bucket_encryption(Bucket=bucket)
