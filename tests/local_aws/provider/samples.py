"""One program fragment for each resource type, with a change of it, and what the real plugin would make of that."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.local_aws.provider.conftest import ACCOUNT
from tests.local_aws.provider.engine import unique

if TYPE_CHECKING:
    from collections.abc import Callable

    from local_aws.provider.wire import Json, Props
    from tests.local_aws.provider.conftest import Aws

SIGNATURE = "4dabf18193072939515e22adb298388d"

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)


def policy(action: str, resource: str = "*") -> str:
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": [action], "Resource": resource}]}
    )


def archive(text: str) -> Props:
    """Return an archive of one module, as the engine sends it."""
    code = f"def handler(event, context):\n    return {text!r}\n"
    asset: Props = {SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", "text": code, "hash": _sha256(code)}
    return {
        SIGNATURE: "0def7320c3a5731c473e5ecbe6d01bc7",
        "assets": {"main.py": asset},
        "hash": _sha256(f"archive {code}"),
    }


def text_asset(text: str) -> Props:
    return {SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", "text": text, "hash": _sha256(text)}


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def zipped(name: str, text: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        file.writestr(name, text)
    return stream.getvalue()


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A resource in a program, and what happens to it."""

    token: str
    program: Props
    change: Props = field(default_factory=dict)
    """Inputs to change or, with ``None``, to take away."""

    replaces: tuple[str, ...] = ()
    """Which of the changed inputs make a new thing."""

    import_id: str | None = None
    """What ``pulumi import`` is given; the id where ``None``."""

    drift: Callable[[], object] | None = None
    """Changes the thing behind Pulumi's back."""

    drifted: dict[str, str] = field(default_factory=dict)
    """The changes that ``Diff`` then tells."""

    only_program: tuple[str, ...] = ()
    """Inputs that AWS does not tell: an import does not find them."""


def a_bucket(aws: Aws, name: str = "samples") -> str:
    made = unique(name)
    aws.s3().create_bucket(Bucket=made)
    return made


def a_role(aws: Aws) -> str:
    made = unique("sample-role")
    aws.iam().create_role(RoleName=made, AssumeRolePolicyDocument=TRUST)
    return made


def a_layer(aws: Aws) -> tuple[str, int]:
    made = unique("sample-layer")
    reply = aws.functions().publish_layer_version(LayerName=made, Content={"ZipFile": zipped("python/m.py", "")})
    return made, reply["Version"]


def bucket(aws: Aws) -> Sample:
    name = unique("some-bucket")
    return Sample(
        token="aws:s3/bucket:Bucket",
        program={"bucket": name, "forceDestroy": True, "tags": {"team": "layers"}},
        change={"tags": {"team": "other", "more": "yes"}},
        drift=lambda: aws.s3().delete_bucket_tagging(Bucket=name),
        drifted={"tags.team": "ADD"},
        only_program=("forceDestroy",),
    )


def bucket_versioning(aws: Aws) -> Sample:
    name = a_bucket(aws)
    status: Props = {"status": "Enabled"}
    return Sample(
        token="aws:s3/bucketVersioning:BucketVersioning",
        program={"bucket": name, "versioningConfiguration": status},
        change={"versioningConfiguration": {"status": "Suspended"}},
        drift=lambda: aws.s3().put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Suspended"}),
        drifted={"versioningConfiguration.status": "UPDATE"},
    )


def bucket_encryption(aws: Aws) -> Sample:
    name = a_bucket(aws)

    def rules(algorithm: str, *, uses_key: bool = False) -> list[Json]:
        return [
            {"applyServerSideEncryptionByDefault": {"sseAlgorithm": algorithm}, "bucketKeyEnabled": uses_key},
        ]

    return Sample(
        token="aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        program={"bucket": name, "rules": rules("AES256")},
        change={"rules": rules("aws:kms", uses_key=True)},
        drift=lambda: aws.s3().put_bucket_encryption(
            Bucket=name,
            ServerSideEncryptionConfiguration={
                "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]
            },
        ),
        drifted={"rules[0].applyServerSideEncryptionByDefault.sseAlgorithm": "UPDATE"},
    )


def bucket_public_access_block(aws: Aws) -> Sample:
    name = a_bucket(aws)
    return Sample(
        token="aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        program={"bucket": name, "blockPublicAcls": True, "blockPublicPolicy": True},
        change={"ignorePublicAcls": True},
        drift=lambda: aws.s3().put_public_access_block(
            Bucket=name, PublicAccessBlockConfiguration={"BlockPublicAcls": True, "RestrictPublicBuckets": True}
        ),
        drifted={"blockPublicPolicy": "UPDATE", "restrictPublicBuckets": "UPDATE"},
    )


def bucket_ownership_controls(aws: Aws) -> Sample:
    name = a_bucket(aws)
    return Sample(
        token="aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        program={"bucket": name, "rule": {"objectOwnership": "BucketOwnerEnforced"}},
        change={"rule": {"objectOwnership": "BucketOwnerPreferred"}},
        drift=lambda: aws.s3().put_bucket_ownership_controls(
            Bucket=name, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
        ),
        drifted={"rule.objectOwnership": "UPDATE"},
    )


def bucket_policy(aws: Aws) -> Sample:
    name = a_bucket(aws)

    def document(action: str) -> str:
        statement = {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": action,
            "Resource": f"arn:aws:s3:::{name}/*",
        }
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2)

    return Sample(
        token="aws:s3/bucketPolicy:BucketPolicy",
        program={"bucket": name, "policy": document("s3:GetObject")},
        change={"policy": document("s3:PutObject")},
        drift=lambda: aws.s3().put_bucket_policy(Bucket=name, Policy=document("s3:DeleteObject")),
        drifted={"policy": "UPDATE"},
    )


def bucket_lifecycle(aws: Aws) -> Sample:
    name = a_bucket(aws)
    old: Props = {"id": "old", "status": "Enabled", "noncurrentVersionExpiration": {"noncurrentDays": 30}}
    tagged: Props = {
        "id": "tagged",
        "status": "Enabled",
        "filter": {"and": {"prefix": "tmp/", "tags": {"kind": "temporary"}}},
        "expiration": {"days": 7},
        "abortIncompleteMultipartUpload": {"daysAfterInitiation": 1},
    }
    return Sample(
        token="aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        program={"bucket": name, "rules": [old, tagged]},
        change={"rules": [{**old, "noncurrentVersionExpiration": {"noncurrentDays": 60}}, tagged]},
        drift=lambda: aws.s3().put_bucket_lifecycle_configuration(
            Bucket=name,
            LifecycleConfiguration={
                "Rules": [
                    {"ID": "old", "Status": "Disabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}},
                ]
            },
        ),
        drifted={
            "rules[0].expiration": "DELETE",
            "rules[0].noncurrentVersionExpiration": "ADD",
            "rules[0].status": "UPDATE",
            "rules[1]": "ADD",
        },
    )


def bucket_object(aws: Aws) -> Sample:
    name = a_bucket(aws)
    return Sample(
        token="aws:s3/bucketObjectv2:BucketObjectv2",
        program={"bucket": name, "key": "some/key.txt", "source": text_asset("one"), "tags": {"a": "1"}},
        change={"source": text_asset("two"), "tags": {"a": "2"}},
        import_id=f"s3://{name}/some/key.txt",
        drift=lambda: aws.s3().delete_object_tagging(Bucket=name, Key="some/key.txt"),
        drifted={"tags.a": "ADD"},
        only_program=("source",),
    )


def object_copy(aws: Aws) -> Sample:
    source, target = a_bucket(aws, "source"), unique("target")
    aws.s3("eu-west-1").create_bucket(Bucket=target, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    for key in ("one.zip", "two.zip"):
        aws.s3().put_object(Bucket=source, Key=key, Body=key.encode())
    return Sample(
        token="aws:s3/objectCopy:ObjectCopy",
        program={"bucket": target, "key": "copy.zip", "source": f"{source}/one.zip", "region": "eu-west-1"},
        change={"source": f"{source}/two.zip"},
        replaces=("source",),
    )


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
