"""Names and ids: unique suffixes, regions in import ids, ARNs."""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from local_aws.provider import wire

if TYPE_CHECKING:
    from local_aws.provider.session import Aws
    from local_aws.provider.wire import Props

_AT_REGION = re.compile(r"(?P<id>.+)@(?P<region>[a-z]{2}(-[a-z]+)+-\d)")


def given_or_prefixed(inputs: Props, name: str, prefix: str) -> str:
    """Return the program's name, or its prefix with a unique suffix."""
    return (
        wire.text(inputs, name) or f"{wire.text(inputs, prefix)}{datetime.now(UTC):%Y%m%d%H%M%S}{secrets.token_hex(6)}"
    )


def split_region(identifier: str) -> tuple[str, str]:
    """Return an import id without its region, and the region, which is empty if ``identifier`` has none."""
    match = _AT_REGION.fullmatch(identifier)
    return (match["id"], match["region"]) if match else (identifier, "")


def region_of(aws: Aws, props: Props) -> str:
    """Return the region of a resource: its own, or the provider's."""
    return wire.text(props, "region") or aws.region
