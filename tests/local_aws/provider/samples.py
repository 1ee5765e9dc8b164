"""One program fragment for each resource type, with a change of it, and what the real plugin would make of that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.local_aws.provider.bucket_samples import (
    bucket,
    bucket_encryption,
    bucket_lifecycle,
    bucket_object,
    bucket_ownership_controls,
    bucket_policy,
    bucket_public_access_block,
    bucket_versioning,
    object_copy,
)
from tests.local_aws.provider.conftest import ACCOUNT
from tests.local_aws.provider.engine import unique
from tests.local_aws.provider.sample import (
    TRUST,
    Sample,
    a_bucket,
    a_layer,
    a_role,
    archive,
    policy,
    zipped,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from local_aws.provider.wire import Props
    from tests.local_aws.provider.conftest import Aws


def role(aws: Aws) -> Sample:
    name = unique("role")
    return Sample(
        token="aws:iam/role:Role",
        program={"name": name, "assumeRolePolicy": TRUST, "description": "a role", "tags": {"a": "1", "b": "1"}},
        change={"description": "another", "tags": {"a": "2"}, "maxSessionDuration": 7200},
        drift=lambda: aws.iam().update_role(RoleName=name, Description="changed", MaxSessionDuration=7200),
        drifted={"description": "UPDATE", "maxSessionDuration": "UPDATE"},
    )


def role_policy(aws: Aws) -> Sample:
    name = a_role(aws)
    return Sample(
        token="aws:iam/rolePolicy:RolePolicy",
        program={"role": name, "name": "inline", "policy": policy("s3:GetObject")},
        change={"policy": policy("s3:PutObject")},
        drift=lambda: aws.iam().put_role_policy(
            RoleName=name, PolicyName="inline", PolicyDocument=policy("s3:DeleteObject")
        ),
        drifted={"policy": "UPDATE"},
    )


def role_policy_attachment(aws: Aws) -> Sample:
    name, service = a_role(aws), "arn:aws:iam::aws:policy/service-role"
    return Sample(
        token="aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        program={"role": name, "policyArn": f"{service}/AWSLambdaBasicExecutionRole"},
        change={"policyArn": f"{service}/AWSLambdaVPCAccessExecutionRole"},
        replaces=("policyArn",),
    )


def codebuild_project(aws: Aws) -> Sample:
    name = unique("sample-project")
    source: Props = {"type": "NO_SOURCE", "buildspec": "version: 0.2"}
    environment: Props = {
        "type": "LINUX_CONTAINER",
        "computeType": "BUILD_GENERAL1_SMALL",
        "image": "some-image",
        "environmentVariables": [{"name": "ONE", "value": "1"}],
    }
    role = aws.iam().get_role(RoleName=a_role(aws))["Role"]["Arn"]
    return Sample(
        token="aws:codebuild/project:Project",
        program={
            "name": name,
            "serviceRole": role,
            "source": source,
            "artifacts": {"type": "NO_ARTIFACTS"},
            "environment": environment,
            "logsConfig": {"cloudwatchLogs": {"groupName": "some-group"}},
            "buildTimeout": 30,
            "tags": {"team": "layers"},
        },
        change={"buildTimeout": 45, "environment": {**environment, "image": "another-image"}},
        drift=lambda: aws.codebuild().update_project(name=name, timeoutInMinutes=50),
        drifted={"buildTimeout": "UPDATE"},
        only_program=("logsConfig",),
    )


def function(aws: Aws) -> Sample:
    name = unique("function")
    return Sample(
        token="aws:lambda/function:Function",
        program={
            "name": name,
            "role": f"arn:aws:iam::{ACCOUNT}:role/{a_role(aws)}",
            "runtime": "python3.13",
            "handler": "main.handler",
            "code": archive("one"),
            "environment": {"variables": {"MODE": "1"}},
            "loggingConfig": {"logFormat": "JSON"},
            "ephemeralStorage": {"size": 1024},
            "tags": {"team": "layers"},
        },
        change={
            "code": archive("two"),
            "environment": {"variables": {"MODE": "1", "MORE": "2"}},
            "memorySize": 512,
            "reservedConcurrentExecutions": 2,
            "tags": {"team": "other"},
        },
        drift=lambda: aws.functions().update_function_configuration(
            FunctionName=name, Timeout=10, Environment={"Variables": {"MODE": "2"}}, Description="changed"
        ),
        drifted={"description": "DELETE", "environment.variables.MODE": "UPDATE", "timeout": "UPDATE"},
        only_program=("code",),
    )


def layer_version(aws: Aws) -> Sample:
    source = a_bucket(aws)
    aws.s3().put_object(Bucket=source, Key="one.zip", Body=zipped("python/m.py", "x = 1"))
    return Sample(
        token="aws:lambda/layerVersion:LayerVersion",
        program={
            "layerName": unique("layer"),
            "s3Bucket": source,
            "s3Key": "one.zip",
            "compatibleRuntimes": ["python3.13", "python3.12"],
            "compatibleArchitectures": ["x86_64"],
            "description": "a layer",
            "licenseInfo": "MIT",
        },
        change={"description": "another"},
        replaces=("description",),
        only_program=("s3Bucket", "s3Key"),
    )


def layer_version_permission(aws: Aws) -> Sample:
    layer, version = a_layer(aws)
    return Sample(
        token="aws:lambda/layerVersionPermission:LayerVersionPermission",
        program={
            "layerName": layer,
            "versionNumber": version,
            "statementId": "share",
            "action": "lambda:GetLayerVersion",
            "principal": "444455556666",
        },
        change={"statementId": "public", "principal": "*"},
        replaces=("principal", "statementId"),
    )


def log_group(aws: Aws) -> Sample:
    name = f"/sample/{unique('group')}"
    return Sample(
        token="aws:cloudwatch/logGroup:LogGroup",
        program={"name": name, "retentionInDays": 7, "tags": {"a": "1"}},
        change={"retentionInDays": 14, "tags": {"a": "1", "b": "2"}},
        drift=lambda: aws.logs().put_retention_policy(logGroupName=name, retentionInDays=30),
        drifted={"retentionInDays": "UPDATE"},
    )


def parameter(aws: Aws) -> Sample:
    name = f"/sample/{unique('parameter')}"
    return Sample(
        token="aws:ssm/parameter:Parameter",
        program={"name": name, "type": "String", "value": "one", "description": "what it is", "tags": {"a": "1"}},
        change={"value": "two", "tags": {"b": "1"}},
        drift=lambda: aws.ssm().put_parameter(Name=name, Value="changed", Type="String", Overwrite=True),
        drifted={"value": "UPDATE"},
    )


SAMPLES: tuple[Callable[[Aws], Sample], ...] = (
    bucket,
    bucket_encryption,
    bucket_lifecycle,
    bucket_object,
    bucket_ownership_controls,
    bucket_policy,
    bucket_public_access_block,
    bucket_versioning,
    codebuild_project,
    function,
    layer_version,
    layer_version_permission,
    log_group,
    object_copy,
    parameter,
    role,
    role_policy,
    role_policy_attachment,
)
