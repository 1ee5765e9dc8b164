"""The tags of a resource, and its outputs for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_aws.provider import wire

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from local_aws.provider.session import Aws
    from local_aws.provider.wire import Props


def wanted_tags(aws: Aws, inputs: Props) -> dict[str, str]:
    """Return the provider's default tags with the resource's own tags, which override them."""
    return {**aws.settings.default_tags, **wire.text_map(inputs, "tags")}


def tag_outputs(aws: Aws, found: Mapping[str, str], known: Props) -> Props:
    """Return ``tags`` and ``tagsAll`` for the tags at AWS, without AWS's own tags."""
    every = {key: value for key, value in found.items() if not key.startswith("aws:")}
    defaults = aws.settings.default_tags
    own = wire.text_map(known, "tags")
    return {
        "tags": {key: value for key, value in every.items() if key in own or defaults.get(key) != value},
        "tagsAll": {**every},
    }


def stale_tags(found: Iterable[str], wanted: Mapping[str, str]) -> list[str]:
    """Return the keys of the tags that the resource should no longer have."""
    return [key for key in found if key not in wanted and not key.startswith("aws:")]


def as_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Return tags in the form of most AWS services."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def from_list(tags: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return tags from the form of most AWS services."""
    return {tag["Key"]: tag["Value"] for tag in tags}
