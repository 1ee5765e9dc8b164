"""Policy documents of the roles of CI: who may assume them, and what they may do. Pure.

All permissions come from the table in ``layer_deployment/permissions.py``. The inline policies of a role may have
10,240 characters in total, without white space (AWS: "IAM and AWS STS quotas").
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from layer_deployment.grants import grants
from layer_deployment.scope import DeployScope, Part, Use

MAX_INLINE_CHARACTERS = 10_240

GITHUB_ISSUER = "token.actions.githubusercontent.com"
GITHUB_AUDIENCE = "sts.amazonaws.com"

_VERSION = "2012-10-17"
_UUID = "-".join("?" * length for length in (8, 4, 4, 4, 12))
"""A question mark matches one character, so only an id fits. Branch names cannot imitate one."""


@dataclass(frozen=True, kw_only=True)
class GitHubRepository:
    """A repository whose workflows deploy."""

    repository: str
    """Owner and name in the form of the tokens: ``acme/layers``, or ``acme@123456/layers@456789``. GitHub adds the ids
    for repositories created or renamed since 15 July 2026, and for those that opted in."""

    branches: Sequence[str] = ("main",)
    """Branches whose jobs may deploy. A job with an environment counts as one of the environment, not of its branch."""

    environments: Sequence[str] = ()
    """GitHub environments whose jobs may deploy, within the environments' protection rules."""

    provider_arn: str | None = None
    """ARN of the account's identity provider for GitHub, if it has one. An account can have only one."""


@dataclass(frozen=True, kw_only=True)
class CircleCiProject:
    """A CircleCI project that deploys."""

    organization_id: str
    """UUID of the organization."""

    project_id: str
    """UUID of the project."""

    repository: str
    """Its name in tokens of CircleCI (``vcs-origin``), such as ``github.com/acme/layers``."""

    branches: Sequence[str] = ("main",)
    """Branches whose jobs may deploy."""

    provider_arn: str | None = None
    """ARN of the account's identity provider for the organization, if it has one."""

    @property
    def issuer(self) -> str:
        """Issuer of the tokens, without scheme (CircleCI: "OpenID Connect tokens")."""
        return f"oidc.circleci.com/org/{self.organization_id}"


def github_may_deploy(github: GitHubRepository, *, provider_arn: str) -> str:
    """Return the trust policy for jobs of the named branches and environments.

    GitHub defines the form of the subject ("About security hardening with OpenID Connect").
    """
    subjects = [f"repo:{github.repository}:ref:refs/heads/{branch}" for branch in github.branches]
    subjects += [f"repo:{github.repository}:environment:{name}" for name in github.environments]
    return _trust(provider_arn, GITHUB_ISSUER, GITHUB_AUDIENCE, {"StringEquals": subjects})


def github_may_preview(github: GitHubRepository, *, provider_arn: str) -> str:
    """Return the trust policy for jobs of pull requests. Forks get no token."""
    subjects = [f"repo:{github.repository}:pull_request"]
    return _trust(provider_arn, GITHUB_ISSUER, GITHUB_AUDIENCE, {"StringEquals": subjects})


def circleci_may_deploy(circleci: CircleCiProject, *, provider_arn: str) -> str:
    """Return the trust policy for jobs of the named branches, with tokens of the form ``CIRCLE_OIDC_TOKEN_V2``."""
    project = f"org/{circleci.organization_id}/project/{circleci.project_id}/user/{_UUID}"
    origin = f"vcs-origin/{circleci.repository}"
    subjects = [f"{project}/{origin}/vcs-ref/refs/heads/{branch}" for branch in circleci.branches]
    return _trust(provider_arn, circleci.issuer, circleci.organization_id, {"StringLike": subjects})


def circleci_may_preview(circleci: CircleCiProject, *, provider_arn: str) -> str:
    """Return the trust policy for all jobs of the project's repository."""
    project = f"org/{circleci.organization_id}/project/{circleci.project_id}/user/{_UUID}"
    subjects = [f"{project}/vcs-origin/{circleci.repository}/vcs-ref/*"]
    return _trust(provider_arn, circleci.issuer, circleci.organization_id, {"StringLike": subjects})


def deploy(scope: DeployScope, *, parts: Sequence[Part], regions: Sequence[str] = ()) -> str:
    """Return the policy for ``pulumi up`` and ``pulumi destroy``."""
    return _document(*_statements(scope, parts, ("read", "ask", "change")), *_outside(regions))


def preview(scope: DeployScope, *, parts: Sequence[Part], regions: Sequence[str] = ()) -> str:
    """Return the policy for ``pulumi preview``: read resources, and have the builder choose versions."""
    return _document(*_statements(scope, parts, ("read", "ask")), *_outside(regions))


def keep_state(*, bucket: str, partition: str = "aws") -> str:
    """Return the policy to read and write Pulumi's state in a bucket."""
    return _state(bucket, partition, ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"])


def read_state(*, bucket: str, partition: str = "aws") -> str:
    """Return the policy to read Pulumi's state in a bucket."""
    return _state(bucket, partition, ["s3:GetObject"])


def _state(bucket: str, partition: str, actions: Sequence[str]) -> str:
    arn = f"arn:{partition}:s3:::{bucket}"
    return _document(
        {"Effect": "Allow", "Action": ["s3:GetBucketLocation", "s3:ListBucket"], "Resource": arn},
        {"Effect": "Allow", "Action": list(actions), "Resource": f"{arn}/.pulumi/*"},
    )


def _statements(scope: DeployScope, parts: Sequence[Part], uses: Sequence[Use]) -> list[dict[str, Any]]:
    """Return a statement per resources and condition. Its id is that of the last row of the table."""
    statements: dict[object, dict[str, Any]] = {}
    for grant in grants(scope, parts=parts, uses=uses):
        statement = statements.setdefault(
            (grant.resources, grant.condition), {"Sid": "", "Effect": "Allow", "Action": []}
        )
        statement["Sid"] = grant.permission.sid
        statement["Action"] = sorted({*statement["Action"], *grant.permission.actions})
        statement["Resource"] = list(grant.resources)
        if grant.condition:
            key, value = grant.condition
            operator = "ArnEquals" if value.startswith("arn:") else "StringEquals"
            statement["Condition"] = {operator: {key: value}}
    return list(statements.values())


def _outside(regions: Sequence[str]) -> list[dict[str, Any]]:
    """Return the statement that denies other regions. Buckets need none: their names contain the region."""
    if not regions:
        return []
    return [
        {
            "Sid": "NowhereElse",
            "Effect": "Deny",
            "Action": ["codebuild:*", "lambda:*", "logs:*", "ssm:*"],
            "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:RequestedRegion": list(regions)}},
        }
    ]


def _trust(provider_arn: str, issuer: str, audience: str, subject: Mapping[str, Sequence[str]]) -> str:
    conditions: dict[str, dict[str, Any]] = {"StringEquals": {f"{issuer}:aud": audience}}
    for operator, texts in subject.items():
        conditions.setdefault(operator, {})[f"{issuer}:sub"] = list(texts)
    return _document(
        {
            "Effect": "Allow",
            "Principal": {"Federated": provider_arn},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": conditions,
        }
    )


def _document(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": _VERSION, "Statement": list(statements)}, separators=(",", ":"))
