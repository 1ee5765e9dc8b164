"""The functions that a program may call. They return facts about the provider and AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3

from local_aws.provider import wire
from local_aws.provider.errors import UnsupportedType, doing
from local_aws.provider.session import partition_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from local_aws.provider.session import Aws
    from local_aws.provider.wire import Props

_DNS_SUFFIXES = {"aws": "amazonaws.com", "aws-us-gov": "amazonaws.com", "aws-cn": "amazonaws.com.cn"}


def invoke(aws: Aws, token: str, arguments: Props) -> Props:
    """Call the function ``token`` and return its result.

    :raises UnsupportedType: if the stand-in has no such function.
    """
    function = FUNCTIONS.get(token)
    if function is None:
        raise UnsupportedType(token, FUNCTIONS)
    return function(aws, arguments)


def _caller_identity(aws: Aws, arguments: Props) -> Props:  # noqa: ARG001 - takes none
    with doing("reading STS Caller Identity"):
        found = aws.sts().get_caller_identity()
    return {"accountId": found["Account"], "arn": found["Arn"], "id": found["Account"], "userId": found["UserId"]}


def _region(aws: Aws, arguments: Props) -> Props:
    region = wire.text(arguments, "region") or wire.text(arguments, "name") or aws.region
    suffix = _DNS_SUFFIXES.get(partition_of(region), "amazonaws.com")
    return {
        "description": region,
        "endpoint": f"ec2.{region}.{suffix}",
        "id": region,
        "name": region,
        "region": region,
    }


def _partition(aws: Aws, arguments: Props) -> Props:  # noqa: ARG001 - takes none
    suffix = _DNS_SUFFIXES.get(aws.partition, "amazonaws.com")
    return {
        "dnsSuffix": suffix,
        "id": aws.partition,
        "partition": aws.partition,
        "reverseDnsPrefix": ".".join(reversed(suffix.split("."))),
    }


def _regions(aws: Aws, arguments: Props) -> Props:
    names = boto3.Session().get_available_regions("lambda", partition_name=aws.partition)
    return {
        "allRegions": arguments.get("allRegions"),
        "filters": arguments.get("filters"),
        "id": aws.partition,
        "names": [*sorted(names)],
        "region": wire.text(arguments, "region") or aws.region,
    }


FUNCTIONS: Mapping[str, Callable[[Aws, Props], Props]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": _caller_identity,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getRegion:getRegion": _region,
    "aws:index/getRegions:getRegions": _regions,
}
"""By token."""
