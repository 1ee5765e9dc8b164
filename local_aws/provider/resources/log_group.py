"""``aws:cloudwatch/logGroup:LogGroup``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_aws.provider import wire
from local_aws.provider.errors import created, doing
from local_aws.provider.resources import naming, rules, tagging
from local_aws.provider.resources.handler import AutoName, ResourceHandler, Traits

if TYPE_CHECKING:
    from collections.abc import Iterator, Set
    from typing import Any

    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_logs.type_defs import LogGroupTypeDef

    from local_aws.provider.errors import Problem
    from local_aws.provider.session import Aws
    from local_aws.provider.wire import Props

_RETENTION_DAYS = (
    *(0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""The values of PutRetentionPolicy (CloudWatch Logs API reference). 0 means forever."""


class LogGroup(ResourceHandler):
    """A log group."""

    traits = Traits(
        module="cloudwatch.log_group",
        name="LogGroup",
        supported={
            "kmsKeyId",
            "logGroupClass",
            "name",
            "namePrefix",
            "region",
            "retentionInDays",
            "skipDestroy",
            "tags",
        },
        replaces_on={"logGroupClass", "name", "namePrefix", "region"},
        computed={"deletionProtectionEnabled", "logGroupClass"},
        defaults={"retentionInDays": 0, "skipDestroy": False},
        auto_name=AutoName(property="name", maximum_length=512, prefix_property="namePrefix"),
    )

    def check(self, inputs: Props) -> Iterator[Problem]:
        """Yield what CloudWatch Logs refuses."""
        yield from rules.has_length(inputs, "name", 1, 512)
        yield from rules.matches(
            inputs,
            "name",
            r"[0-9A-Za-z_./#-]*",
            "isn't a valid log group name (alphanumeric characters, underscores, hyphens, slashes, hash signs and dots "
            "are allowed)",
        )
        yield from rules.is_one_of(inputs, "retentionInDays", _RETENTION_DAYS)
        yield from rules.is_one_of(inputs, "logGroupClass", rules.enumeration("logs", "LogGroupClass"))
        yield from rules.is_arn(inputs, "kmsKeyId")

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the log group."""
        name = naming.given_or_prefixed(inputs, "name", "namePrefix")
        client = aws.logs(naming.region_of(aws, inputs))
        optional: dict[str, Any] = {
            theirs: inputs[ours]
            for ours, theirs in (("kmsKeyId", "kmsKeyId"), ("logGroupClass", "logGroupClass"))
            if inputs.get(ours)
        }
        tags = tagging.wanted_tags(aws, inputs)
        if tags:
            optional["tags"] = tags
        with doing(f"creating CloudWatch Logs Log Group ({name})"):
            client.create_log_group(logGroupName=name, **optional)
        with created(name), doing(f"setting CloudWatch Logs Log Group ({name}) retention policy"):
            if wire.number(inputs, "retentionInDays"):
                self._put_retention(client, name, inputs)
        return name

    def read(self, aws: Aws, identifier: str, known: Props) -> Props | None:
        """Return the log group."""
        region = naming.region_of(aws, known)
        client = aws.logs(region)
        with doing(f"reading CloudWatch Logs Log Group ({identifier})"):
            group = self._find(client, identifier)
            if group is None:
                return None
            arn = group["arn"].removesuffix(":*")
            tags = client.list_tags_for_resource(resourceArn=arn)["tags"]
        return {
            "arn": arn,
            "kmsKeyId": group.get("kmsKeyId", ""),
            "logGroupClass": group.get("logGroupClass", "STANDARD"),
            "name": identifier,
            "region": region,
            "retentionInDays": group.get("retentionInDays", 0),
            **tagging.tag_outputs(aws, tags, known),
        }

    def update(self, aws: Aws, identifier: str, inputs: Props, changed: Set[str]) -> None:
        """Change retention, key and tags."""
        client = aws.logs(naming.region_of(aws, inputs))
        with doing(f"updating CloudWatch Logs Log Group ({identifier})"):
            if "retentionInDays" in changed:
                self._put_retention(client, identifier, inputs)
            if "kmsKeyId" in changed and inputs.get("kmsKeyId"):
                client.associate_kms_key(logGroupName=identifier, kmsKeyId=wire.text(inputs, "kmsKeyId"))
            elif "kmsKeyId" in changed:
                client.disassociate_kms_key(logGroupName=identifier)
            if "tags" in changed:
                group = self._find(client, identifier)
                arn = group["arn"].removesuffix(":*") if group else identifier
                wanted = tagging.wanted_tags(aws, inputs)
                stale = tagging.stale_tags(client.list_tags_for_resource(resourceArn=arn)["tags"], wanted)
                if stale:
                    client.untag_resource(resourceArn=arn, tagKeys=stale)
                if wanted:
                    client.tag_resource(resourceArn=arn, tags=wanted)

    def delete(self, aws: Aws, identifier: str, known: Props) -> None:
        """Remove the log group with its logs, unless the program keeps it."""
        if wire.flag(known, "skipDestroy"):
            return
        client = aws.logs(naming.region_of(aws, known))
        with doing(f"deleting CloudWatch Logs Log Group ({identifier})"):
            try:
                client.delete_log_group(logGroupName=identifier)
            except client.exceptions.ResourceNotFoundException:
                return

    def _find(self, client: CloudWatchLogsClient, name: str) -> LogGroupTypeDef | None:
        pages = client.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=name)
        return next((group for page in pages for group in page["logGroups"] if group["logGroupName"] == name), None)

    def _put_retention(self, client: CloudWatchLogsClient, name: str, inputs: Props) -> None:
        days = wire.number(inputs, "retentionInDays")
        if days:
            client.put_retention_policy(logGroupName=name, retentionInDays=days)
        else:
            client.delete_retention_policy(logGroupName=name)
