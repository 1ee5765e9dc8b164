"""``aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration``."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from local_aws.provider import wire
from local_aws.provider.resources import rules
from local_aws.provider.resources.bucket_setting import BucketSetting
from local_aws.provider.resources.handler import Traits
from local_aws.provider.resources.tagging import as_list, from_list

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from mypy_boto3_s3 import S3Client

    from local_aws.provider.errors import Problem
    from local_aws.provider.wire import Json, Props


class BucketLifecycle(BucketSetting):
    """The rules by which a bucket moves and deletes objects."""

    title = "S3 Bucket Lifecycle Configuration"
    missing_codes = ("NoSuchLifecycleConfiguration",)
    traits = Traits(
        module="s3.bucket_lifecycle_configuration",
        name="BucketLifecycleConfiguration",
        supported={"bucket", "expectedBucketOwner", "region", "rules", "timeouts"},
        replaces_on={"bucket", "expectedBucketOwner", "region"},
        computed={"rules.filter", "rules.prefix", "rules.expiration.expiredObjectDeleteMarker"},
    )

    def check(self, inputs: Props) -> Iterator[Problem]:
        """Yield ids and states that S3 refuses."""
        for index, rule in enumerate(wire.blocks(inputs, "rules")):
            yield from rules.within(f"rules[{index}]", rules.has_length(rule, "id", 1, 255))
            yield from rules.within(f"rules[{index}]", rules.is_one_of(rule, "status", ("Enabled", "Disabled")))

    def put(self, client: S3Client, bucket: str, inputs: Props) -> None:
        """Set the rules."""
        wanted: list[Any] = [_to_aws(rule) for rule in wire.blocks(inputs, "rules")]
        for rule in wanted:
            # S3 requires Filter or Prefix: a rule without either applies to every object
            if "Prefix" not in rule and not rule.get("Filter"):
                rule["Filter"] = {"Prefix": ""}
        client.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": wanted})

    def get(self, client: S3Client, bucket: str) -> Props | None:
        """Return the rules."""
        found = client.get_bucket_lifecycle_configuration(Bucket=bucket).get("Rules", [])
        return {"rules": [_from_aws(dict(rule)) for rule in found]} if found else None

    def remove(self, client: S3Client, bucket: str) -> None:
        """Remove all rules."""
        client.delete_bucket_lifecycle(Bucket=bucket)


def _to_aws(value: Json) -> Any:  # a document of AWS's
    """Return a block of a rule with AWS's names."""
    if isinstance(value, list):
        return [_to_aws(item) for item in value]
    if not isinstance(value, dict):
        return value
    named: dict[str, Any] = {}
    for name, item in value.items():
        if item is None:
            continue
        if name == "tags":
            named["Tags"] = as_list(wire.text_map(value, "tags"))
        else:
            named["ID" if name == "id" else name[0].upper() + name[1:]] = _to_aws(item)
    return named


def _from_aws(value: Any) -> Json:  # a document of AWS's
    """Return a block of a rule with the names of ``pulumi_aws``."""
    if isinstance(value, list):
        return [_from_aws(item) for item in value]
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if not isinstance(value, dict):
        plain: Json = value
        return plain
    named: Props = {}
    for name, item in value.items():
        if name == "Tags":
            named["tags"] = {**from_list(item)}
        else:
            named["id" if name == "ID" else name[0].lower() + name[1:]] = _from_aws(item)
    return named
