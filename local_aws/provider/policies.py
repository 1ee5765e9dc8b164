"""JSON policies: two that AWS takes for the same are no difference, whatever their layout."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local_aws.provider.wire import Json

_ONE_OR_MANY = {"Action", "NotAction", "Resource", "NotResource", "Statement", "AWS", "Service", "Federated"}
_ACCOUNT_DIGITS = 12


def policy_text(value: Json) -> Json:
    """Return a policy that the program gave as an object as the JSON text that AWS wants."""
    return json.dumps(value) if isinstance(value, dict) else value


def invalid_policy(value: str) -> str | None:
    """Return why ``value`` cannot be a policy, or ``None``."""
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
    """Tell whether two policy texts mean the same: order and one-item lists aside."""
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
    """Return an account's id as the ARN of its root: AWS stores it so."""
    is_account = isinstance(principal, str) and len(principal) == _ACCOUNT_DIGITS and principal.isdigit()
    return f"arn:aws:iam::{principal}:root" if is_account else principal
