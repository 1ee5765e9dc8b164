"""Checks the caller's permissions for a deployment with the policy simulator of AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from builder_lambda.errors.builder_function import BuilderNotPermitted
from layer_cli.doctor.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from layer_cli.doctor.caller import Caller
    from layer_deployment.scope import Grant

CHECK = "AWS permissions"

_SHOWN = 4
_INSTEAD = {
    "s3:GetBucket*": ("s3:GetBucketLocation", "s3:GetBucketPolicy", "s3:GetBucketTagging", "s3:GetBucketVersioning")
}
"""The simulator accepts no wildcards in actions."""


def simulated(pattern: str, region: str) -> str:
    """Return a resource that a pattern covers: to the simulator an asterisk is part of a name. Pure."""
    parts = pattern.split(":")
    if len(parts) > 3 and parts[3] == "*":
        parts[3] = region
    if len(parts) > 4 and parts[4] == "*":
        parts[4] = "111122223333"
    return ":".join(parts).replace("*", "x") if len(parts) > 1 else pattern


def denied_by_simulator(client: Any, source_arn: str, grants: Iterable[Grant], region: str) -> Iterator[str]:
    """Yield each denied action, as ``action on resource``.

    :param client: boto3 client of IAM.
    :raises botocore.exceptions.ClientError: also if the simulation itself is not allowed.
    """
    for grant in grants:
        actions = [name for action in grant.permission.actions for name in _INSTEAD.get(action, (action,))]
        condition = grant.condition
        context = (
            [{"ContextKeyName": condition[0], "ContextKeyValues": [condition[1]], "ContextKeyType": "string"}]
            if condition
            else []
        )
        for resource in grant.resources:
            answer = client.simulate_principal_policy(
                PolicySourceArn=source_arn,
                ActionNames=actions,
                ResourceArns=[simulated(resource, region)],
                ContextEntries=context,
            )
            for result in answer["EvaluationResults"]:
                if result["EvalDecision"] != "allowed":
                    yield f"{result['EvalActionName']} on {resource}"


def permission_finding(denied: Sequence[str], count: int) -> Finding:
    """Return the finding on denied actions. Pure."""
    if not denied:
        return Finding(check=CHECK, status="ok", found=f"{count} actions are allowed")
    shown = ", ".join(denied[:_SHOWN]) + (f" and {len(denied) - _SHOWN} more" if len(denied) > _SHOWN else "")
    return Finding(
        check=CHECK,
        status="missing",
        found=f"{len(denied)} of {count} actions are denied: {shown}",
        remedy=f"{BuilderNotPermitted.remedy}; the component DeployRole creates a role with all of them",
        details=tuple(denied),
    )


def find_permissions(client: Any, caller: Caller, grants: Sequence[Grant], region: str) -> Finding:
    """Return the finding on every action of the table.

    :param client: boto3 client of IAM.
    """
    if caller.is_root:
        return Finding.unchecked(
            CHECK,
            "the root user of an account has no policies",
            "use a role or a user; the root user has every permission and should not deploy",
        )
    try:
        source = _source_arn(client, caller)
        denied = list(denied_by_simulator(client, source, grants, region))
    except (ClientError, BotoCoreError) as error:
        return Finding.unchecked(
            CHECK, str(error), "allow iam:SimulatePrincipalPolicy and iam:GetRole, or run `pulumi up` to see"
        )
    return permission_finding(denied, _count(grants))


def _count(grants: Sequence[Grant]) -> int:
    return sum(
        len(_INSTEAD.get(action, (action,))) * len(grant.resources)
        for grant in grants
        for action in grant.permission.actions
    )


def _source_arn(client: Any, caller: Caller) -> str:
    """Return the ARN with its path, if IAM allows to read it. Roles of single sign-on have a path."""
    if caller.role_name is None:
        return caller.policy_source_arn
    try:
        return str(client.get_role(RoleName=caller.role_name)["Role"]["Arn"])
    except ClientError:
        return caller.policy_source_arn
