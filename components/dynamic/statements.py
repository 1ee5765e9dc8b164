"""Statements of a layer version's policy, made from principals and read from AWS. Pure.

One statement has one principal: an account or everyone, which an organization can narrow down (AWS:
AddLayerVersionPermission).
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Statements = Mapping[str, Mapping[str, str]]
"""Statement id -> ``{"principal": ...}``. With the principal ``*``, it may have an ``"organization_id"``."""

_ROOT = re.compile(r"arn:aws[a-zA-Z-]*:iam::(\d{12}):root")
_ACCOUNT = re.compile(r"\d{12}")
_ORGANIZATION = re.compile(r"o-[a-z0-9]{10,32}")


@dataclass(frozen=True, kw_only=True)
class ShareWith:
    """Who may use the layer versions, apart from the account that owns them."""

    accounts: Sequence[str] = ()
    """Account ids: texts of 12 digits."""

    organization: str | None = None
    """Id of an organization, such as ``o-a1b2c3d4e5``."""

    everyone: bool = False
    """Whether every AWS account may use them. Copies of a public layer cannot be taken back."""


def invalid_principals(share_with: ShareWith) -> list[str]:
    """Return the problems of the principals, one sentence each."""
    reasons = [
        f"{account!r} is not an account id: it has 12 digits, quoted in YAML to keep leading zeros"
        for account in share_with.accounts
        if not _ACCOUNT.fullmatch(account)
    ]
    organization = share_with.organization
    if organization is not None and not _ORGANIZATION.fullmatch(organization):
        reasons.append(
            f"{organization!r} is not an organization id: it is o- with 10 to 32 lowercase letters or digits"
        )
    return reasons


def statements_for(share_with: ShareWith) -> Statements:
    """Return the statements that allow exactly these principals to read a layer version."""
    statements = {f"account-{account}": {"principal": account} for account in sorted(set(share_with.accounts))}
    if organization := share_with.organization:
        statements[f"organization-{organization}"] = {"principal": "*", "organization_id": organization}
    if share_with.everyone:
        statements["everyone"] = {"principal": "*"}
    return statements


def parse_policy(policy: str) -> Statements:
    """Return the statements of a policy in the form of AWS."""
    statements: dict[str, dict[str, str]] = {}
    for statement in json.loads(policy)["Statement"]:
        principal = statement["Principal"]
        if isinstance(principal, Mapping):
            principal = principal["AWS"]
        if root := _ROOT.fullmatch(principal):
            principal = root[1]
        entry = {"principal": principal}
        if organization := statement.get("Condition", {}).get("StringEquals", {}).get("aws:PrincipalOrgID"):
            entry["organization_id"] = organization
        statements[statement["Sid"]] = entry
    return statements
