"""Checks region, credentials and permissions in AWS, one after the other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from layer_cli.doctor.caller import Caller
from layer_cli.doctor.finding import Finding
from layer_cli.doctor.permissions import CHECK as PERMISSIONS
from layer_cli.doctor.permissions import find_permissions
from layer_deployment.grants import grants

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from layer_deployment.scope import DeployScope, Part

_CREDENTIALS = "AWS credentials"
_REGION = "AWS region"
_ANYWHERE = "us-east-1"
_LOG_IN = (
    "log in (`aws sso login`, `aws configure`), or name a profile: --profile, AWS_PROFILE, the setting aws:profile"
)
_CONFIG = Config(connect_timeout=5, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 2})


def find_account(
    scope: DeployScope,
    parts: Sequence[Part],
    *,
    region: str | None = None,
    profile: str | None = None,
    session: Callable[..., Any] = Session,
) -> tuple[Finding, ...]:
    """Return the findings on region, credentials and permissions.

    :param session: makes a boto3 session from ``profile_name`` and ``region_name``.
    """
    try:
        opened = session(profile_name=profile, region_name=region)
    except BotoCoreError as error:
        return (Finding(check=_CREDENTIALS, status="missing", found=str(error), remedy=_LOG_IN),)
    found = region_finding(opened.region_name, is_option=region is not None)
    region = opened.region_name or _ANYWHERE
    try:
        arn = str(opened.client("sts", region_name=region, config=_CONFIG).get_caller_identity()["Arn"])
    except (ClientError, BotoCoreError, ValueError) as error:
        missing = Finding(check=_CREDENTIALS, status="missing", found=str(error), remedy=_LOG_IN)
        return found, missing, Finding.unchecked(PERMISSIONS, "there are no valid credentials")
    credentials = Finding(check=_CREDENTIALS, status="ok", found=arn)
    caller = Caller.parse(arn)
    if caller is None:
        return found, credentials, Finding.unchecked(PERMISSIONS, "AWS simulates policies of roles and users only")
    own = replace(scope, account=caller.account, partition=caller.partition)
    client = opened.client("iam", region_name=region, config=_CONFIG)
    return found, credentials, find_permissions(client, caller, grants(own, parts=parts), region)


def region_finding(region: str | None, *, is_option: bool) -> Finding:
    """Return the finding on the region of the environment or of ``--region``. Pure."""
    if region is None:
        return Finding(
            check=_REGION,
            status="warning",
            found="neither the environment nor the profile names one",
            remedy="set AWS_REGION, or `pulumi config set aws:region` in the stack; layers are published in "
            "python-layers:regions",
        )
    return Finding(check=_REGION, status="ok", found=f"{region}, from --region" if is_option else region)
