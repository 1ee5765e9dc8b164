"""The AWS account of this machine's environment: region, credentials, permissions, one after the other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from builder_lambda.errors.aws_sdk import AwsSdkMissing
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
    "log in (`aws sso login`, `aws configure`), or name a profile: --profile, AWS_PROFILE, `aws:profile` of the stack"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class AwsQuestion:
    """What is asked of the account."""

    scope: DeployScope
    """Its account and partition are those of the credentials, whatever it says."""

    parts: Sequence[Part]
    region: str | None = None
    profile: str | None = None


def find_account(question: AwsQuestion, *, session: Callable[..., Any] | None = None) -> tuple[Finding, ...]:
    """Look at region, credentials and permissions.

    :param session: makes a boto3 session of ``profile_name`` and ``region_name``.
    :raises AwsSdkMissing: if boto3 is not installed.
    """
    try:
        from boto3.session import Session
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError, ClientError
    except ModuleNotFoundError as error:
        raise AwsSdkMissing(needed_for="the check of the AWS account") from error

    config = Config(connect_timeout=5, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 2})
    try:
        opened = (session or Session)(profile_name=question.profile, region_name=question.region)
    except BotoCoreError as error:
        return (Finding(check=_CREDENTIALS, status="missing", found=str(error), remedy=_LOG_IN),)
    found = region_finding(opened.region_name, is_given=question.region is not None)
    region = opened.region_name or _ANYWHERE
    try:
        arn = str(opened.client("sts", region_name=region, config=config).get_caller_identity()["Arn"])
    except (ClientError, BotoCoreError, ValueError) as error:
        missing = Finding(check=_CREDENTIALS, status="missing", found=str(error), remedy=_LOG_IN)
        return found, missing, Finding.unchecked(PERMISSIONS, "there are no credentials that AWS takes")
    credentials = Finding(check=_CREDENTIALS, status="ok", found=arn)
    caller = Caller.parse(arn)
    if caller is None:
        return found, credentials, Finding.unchecked(PERMISSIONS, "AWS simulates the policies of roles and users only")
    scope = replace(question.scope, account=caller.account, partition=caller.partition)
    client = opened.client("iam", region_name=region, config=config)
    return found, credentials, find_permissions(client, caller, grants(scope, parts=question.parts), region)


def region_finding(region: str | None, *, is_given: bool) -> Finding:
    """Return what follows from the region of the environment. Pure."""
    if region is None:
        return Finding(
            check=_REGION,
            status="warning",
            found="neither environment nor profile name one",
            remedy="set AWS_REGION, or `pulumi config set aws:region` in the stack; layers go where "
            "python-layers:regions says",
        )
    return Finding(check=_REGION, status="ok", found=f"{region}, as --region says" if is_given else region)
