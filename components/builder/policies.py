"""IAM and bucket policies: functions from names and ARNs to JSON texts, named by what they allow or deny. Pure.

Every statement grants only the calls that the code in this repository makes. ``tests/e2e/test_environments.py`` asks
the policy evaluator of the embedded AWS for calls that are allowed, and calls that are not.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from builder_lambda.contract.index_login import CodeArtifact, SecretLogin
from builder_lambda.contract.index_options import IndexOptions
from builder_lambda.contract.store_keys import BUILT, CODEBUILD, SOURCE_BUILDS

_VERSION = "2012-10-17"


def lambda_may_assume() -> str:
    """Return the trust policy of a role that only the Lambda service can assume."""
    return _document({"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"})


def codebuild_may_assume() -> str:
    """Return the trust policy of a role that only the CodeBuild service can assume."""
    return _document(
        {"Effect": "Allow", "Principal": {"Service": "codebuild.amazonaws.com"}, "Action": "sts:AssumeRole"}
    )


def build_layers(*, bucket_arn: str, prefix: str, log_group_arns: Sequence[str]) -> str:
    """Return the policy of the builder functions: read a prefix of one bucket, write what builds make, and write logs.

    Without ``s3:ListBucket``, S3 answers 403 instead of 404 for a missing key (AWS: GetObject, "Permissions"). A
    condition on ``s3:prefix`` would undo this.

    :param prefix: key prefix that ends in ``/``.
    """
    return _document(*_building(bucket_arn, prefix, log_group_arns, read=["s3:GetObject"], written=BUILT))


def build_in_codebuild(*, bucket_arn: str, prefix: str, log_group_arns: Sequence[str]) -> str:
    """Return the policy of the CodeBuild projects: that of the builder functions, with their answers and source.

    Source: AWS, CodeBuild User Guide, "Create a CodeBuild service role".

    :param prefix: key prefix that ends in ``/``.
    """
    read = ["s3:GetObject", "s3:GetObjectVersion"]
    written = (*BUILT, CODEBUILD, SOURCE_BUILDS)
    return _document(*_building(bucket_arn, prefix, log_group_arns, read=read, written=written))


def build_sources_in_codebuild(*, bucket_arn: str, prefix: str, code_key: str, log_group_arns: Sequence[str]) -> str:
    """Return the policy of the CodeBuild projects that run code of packages.

    They may read their own code, and read and write the files of source builds. They may not list, so that the files of
    another build cannot be found.

    :param prefix: key prefix that ends in ``/``.
    :param code_key: key of the deployment package, or a pattern of it.
    """
    return _document(
        {
            "Sid": "ReadCode",
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:GetObjectVersion"],
            "Resource": f"{bucket_arn}/{code_key}",
        },
        {
            "Sid": "BuildFromSource",
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:PutObject"],
            "Resource": f"{bucket_arn}/{prefix}{SOURCE_BUILDS}*",
        },
        _write_logs(log_group_arns),
    )


def start_builds(*, project_arns: Sequence[str]) -> str:
    """Return a further policy of CodeBuild projects: start builds of exactly these projects, and wait for them."""
    return _document(
        {
            "Sid": "BuildFromSource",
            "Effect": "Allow",
            "Action": ["codebuild:StartBuild", "codebuild:BatchGetBuilds"],
            "Resource": sorted(project_arns),
        }
    )


def _building(
    bucket_arn: str, prefix: str, log_group_arns: Sequence[str], *, read: Sequence[str], written: Sequence[str]
) -> tuple[Mapping[str, Any], ...]:
    return (
        {
            "Sid": "ReadArchives",
            "Effect": "Allow",
            "Action": list(read),
            "Resource": f"{bucket_arn}/{prefix}*",
        },
        {
            # Not the whole prefix, which also has the code of the builder functions.
            "Sid": "KeepArchives",
            "Effect": "Allow",
            "Action": "s3:PutObject",
            "Resource": [f"{bucket_arn}/{prefix}{folder}*" for folder in written],
        },
        {
            "Sid": "TellMissingFromDenied",
            "Effect": "Allow",
            "Action": "s3:ListBucket",
            "Resource": bucket_arn,
        },
        _write_logs(log_group_arns),
    )


def invoke_functions(*, function_arns: Sequence[str]) -> str:
    """Return a further policy of the builder functions: invoke exactly these source functions."""
    return _document(
        {
            "Sid": "BuildFromSource",
            "Effect": "Allow",
            "Action": "lambda:InvokeFunction",
            "Resource": sorted(function_arns),
        }
    )


def run_function(*, log_group_arns: Sequence[str]) -> str:
    """Return the policy of a function that uses nothing of AWS: write its logs in each region."""
    return _document(_write_logs(log_group_arns))


def use_indexes(index: IndexOptions) -> str | None:
    """Return a further policy of the builder: log in to private indexes. ``None`` if no index needs a login.

    A secret with a customer-managed key also needs ``kms:Decrypt`` on that key. Only the owner knows the key.
    """
    logins = [each.login for each in (index.default, *index.extra) if each and each.login]
    secrets = sorted({login.arn for login in logins if isinstance(login, SecretLogin)})
    artifacts = sorted(
        {
            (f"arn:aws:codeartifact:{login.region}:{login.owner}", login.domain, login.repository)
            for login in logins
            if isinstance(login, CodeArtifact)
        }
    )
    statements: list[dict[str, Any]] = []
    if secrets:
        action = "secretsmanager:GetSecretValue"
        statements.append({"Sid": "ReadIndexLogins", "Effect": "Allow", "Action": action, "Resource": secrets})
    if artifacts:
        statements += [
            {
                "Sid": "GetIndexTokens",
                "Effect": "Allow",
                "Action": "codeartifact:GetAuthorizationToken",
                "Resource": sorted({f"{arn}:domain/{domain}" for arn, domain, _ in artifacts}),
            },
            {
                "Sid": "ReadIndexes",
                "Effect": "Allow",
                "Action": "codeartifact:ReadFromRepository",
                "Resource": [f"{arn}:repository/{domain}/{repository}" for arn, domain, repository in artifacts],
            },
            {
                # CodeArtifact's tokens are bearer tokens of STS (AWS: CodeArtifact User Guide, "Tokens").
                "Sid": "BearIndexTokens",
                "Effect": "Allow",
                "Action": "sts:GetServiceBearerToken",
                "Resource": "*",
                "Condition": {"StringEquals": {"sts:AWSServiceName": "codeartifact.amazonaws.com"}},
            },
        ]
    return _document(*statements) if statements else None


def require_tls(*, bucket_arn: str) -> str:
    """Return a bucket policy that denies all requests without TLS."""
    return _document(
        {
            "Sid": "RequireTls",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [bucket_arn, f"{bucket_arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    )


def _write_logs(log_group_arns: Sequence[str]) -> dict[str, Any]:
    return {
        "Sid": "WriteLogs",
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": [f"{arn}:*" for arn in log_group_arns],
    }


def _document(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": _VERSION, "Statement": list(statements)}, separators=(",", ":"))
