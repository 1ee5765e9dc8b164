"""The check of the AWS account. It needs boto3, which is optional."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder_lambda.errors.aws_sdk import AwsSdkMissing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from layer_cli.doctor.finding import Finding
    from layer_deployment.scope import DeployScope, Part


@dataclass(frozen=True, kw_only=True, slots=True)
class AwsQuestion:
    """What a deployment needs of the account, and how to reach the account."""

    scope: DeployScope
    """Account and partition are replaced by those of the credentials."""

    parts: Sequence[Part]
    region: str | None = None
    profile: str | None = None


def find_aws(question: AwsQuestion) -> tuple[Finding, ...]:
    """Check region, credentials and permissions.

    :raises AwsSdkMissing: if boto3 is not installed.
    """
    try:
        from layer_cli.doctor.aws_account import find_account  # boto3 is optional
    except ModuleNotFoundError as error:
        raise AwsSdkMissing(needed_for="the check of the AWS account") from error
    return find_account(question.scope, question.parts, region=question.region, profile=question.profile)
