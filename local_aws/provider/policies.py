"""Compare JSON policies by meaning. Two policies that AWS treats as the same are equal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local_aws.provider.wire import Json

_ONE_OR_MANY = {"Action", "NotAction", "Resource", "NotResource", "Statement", "AWS", "Service", "Federated"}
_ACCOUNT_DIGITS = 12


def policy_text(value: Json) -> Json:
    """Return a policy as JSON text. A program may give it as an object."""
    return json.dumps(value) if isinstance(value, dict) else value


def invalid_policy(value: str) -> str | None:
    """Return why ``value`` is not a policy, or ``None``."""
    try:
        document = json.loads(value)
    except ValueError as error:
        return f"contains an invalid JSON policy: {error}"
    if not isinstance(document, dict):
        return "contains an invalid JSON policy: not an object"
    if "Statement" not in document:
        return "contains an invalid JSON policy: it has no Statement"
    return None


def same_policy(one: Json, other: Json) -> bool:
    """Return whether two policy texts have the same meaning. Order and lists of one item do not matter."""
    if not isinstance(one, str) or not isinstance(other, str):
        return one == other
    try:
        return _canonical(json.loads(one)) == _canonical(json.loads(other))
    except ValueError:
        return one == other


def _canonical(value: Json, key: str = "") -> Json:
    if key == "Principal" and value == "*":
        value = {"AWS": "*"}
    if key in _ONE_OR_MANY and not isinstance(value, list):
        value = [value]
    if isinstance(value, dict):
        return {name: _canonical(item, name) for name, item in value.items()}
    if isinstance(value, list):
        items = [_account_root(item) if key == "AWS" else _canonical(item) for item in value]
        return sorted(items, key=lambda item: json.dumps(item, sort_keys=True))
    return value


def _account_root(principal: Json) -> Json:
    """Return the ARN of an account's root for an account id, as AWS stores it, and any other principal unchanged."""
    is_account = isinstance(principal, str) and len(principal) == _ACCOUNT_DIGITS and principal.isdigit()
    return f"arn:aws:iam::{principal}:root" if is_account else principal
