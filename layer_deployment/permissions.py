"""The table of AWS permissions that a deployment needs: actions, resources, reasons. Pure.

Deploy roles and ``python-layers doctor`` use it. It is derived from the resources of ``components``: what pulumi-aws
calls, as far as we know, and what our dynamic resources call to create, read, change and delete each of them. The
end-to-end test checks it against the calls of the stand-in provider only.

Pulumi names resources ``<name in the program>-<random>``. The patterns begin with these names, so that a role cannot
touch resources of others. A program that changes names with ``pulumi:autonaming`` needs its own patterns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder_lambda.contract.store_keys import CODEBUILD, LOCKS, PREFIX
from layer_deployment.names import parameter_name
from layer_deployment.scope import Permission

if TYPE_CHECKING:
    from layer_deployment.scope import Part, Use


def _row(
    part: Part, use: Use, sid: str, resource: str, actions: str, why: str, condition: tuple[str, str] | None = None
) -> Permission:
    return Permission(
        sid=sid, use=use, part=part, actions=tuple(actions.split()), resources=(resource,), why=why, condition=condition
    )


_BUCKET = "arn:{partition}:s3:::{builder}-archives-*"
_OBJECTS = f"{_BUCKET}/*"
_LOCK_OBJECTS = f"{_BUCKET}/{PREFIX}{LOCKS}*"
_CODEBUILD_OBJECTS = f"{_BUCKET}/{PREFIX}{CODEBUILD}*"
_ROLE = "arn:{partition}:iam::{account}:role/{builder}-*"
_LOG = "arn:{partition}:logs:*:{account}:log-group:{builder}-*"
_BUILDER = "arn:{partition}:lambda:*:{account}:function:{builder}-*"
_LAYER = "arn:{partition}:lambda:*:{account}:layer:{layer}-python*"
_LAYER_NAME = _LAYER
_ANY_LAYER = "arn:{partition}:lambda:*:*:layer:*:*"
_PARAMETER = f"arn:{{partition}}:ssm:*:{{account}}:parameter{parameter_name('*', '{stack}', '*')}"
_FUNCTION = "arn:{partition}:lambda:*:{account}:function:{function}-*"
_FUNCTION_ROLE = "arn:{partition}:iam::{account}:role/{function}-*"
_FUNCTION_LOG = "arn:{partition}:logs:*:{account}:log-group:{function}-*"
_PROJECT = "arn:{partition}:codebuild:*:{account}:project/{builder}-*"

_READ_BUCKET = """
    s3:GetAccelerateConfiguration s3:GetBucket* s3:GetEncryptionConfiguration s3:GetLifecycleConfiguration
    s3:GetReplicationConfiguration s3:ListBucket s3:ListBucketMultipartUploads s3:ListBucketVersions
    s3:ListTagsForResource
"""
"""pulumi-aws reads every setting of a bucket, even if the program does not use it."""

_CHANGE_BUCKET = """
    s3:CreateBucket s3:DeleteBucket s3:DeleteBucketPolicy s3:PutBucketPolicy s3:PutBucketPublicAccessBlock
    s3:PutBucketTagging s3:PutBucketVersioning s3:PutEncryptionConfiguration s3:PutLifecycleConfiguration
    s3:TagResource s3:UntagResource
"""
_READ_OBJECT = "s3:GetObject s3:GetObjectTagging s3:GetObjectVersion"
_CHANGE_OBJECT = "s3:AbortMultipartUpload s3:DeleteObject s3:DeleteObjectVersion s3:PutObject s3:PutObjectTagging"
_READ_ROLE = """
    iam:GetRole iam:GetRolePolicy iam:ListAttachedRolePolicies iam:ListInstanceProfilesForRole iam:ListRolePolicies
    iam:ListRoleTags
"""
_CHANGE_ROLE = """
    iam:CreateRole iam:DeleteRole iam:DeleteRolePolicy iam:PutRolePolicy iam:TagRole iam:UntagRole
    iam:UpdateAssumeRolePolicy iam:UpdateRole iam:UpdateRoleDescription
"""
_CHANGE_LOG = """
    logs:CreateLogGroup logs:DeleteLogGroup logs:DeleteRetentionPolicy logs:PutRetentionPolicy logs:TagResource
    logs:UntagResource
"""
_READ_FUNCTION = """
    lambda:GetFunction lambda:GetFunctionCodeSigningConfig lambda:GetFunctionConcurrency
    lambda:GetFunctionConfiguration lambda:GetFunctionRecursionConfig lambda:GetRuntimeManagementConfig
    lambda:ListTags lambda:ListVersionsByFunction
"""
_CHANGE_FUNCTION = """
    lambda:CreateFunction lambda:DeleteFunction lambda:TagResource lambda:UntagResource lambda:UpdateFunctionCode
    lambda:UpdateFunctionConfiguration
"""
_CHANGE_LAYER = """
    lambda:AddLayerVersionPermission lambda:DeleteLayerVersion lambda:PublishLayerVersion
    lambda:RemoveLayerVersionPermission
"""
_READ_PARAMETER = "ssm:GetParameter ssm:GetParameters ssm:ListTagsForResource"
_CHANGE_PARAMETER = "ssm:AddTagsToResource ssm:DeleteParameter ssm:PutParameter ssm:RemoveTagsFromResource"
_CHANGE_PROJECT = "codebuild:CreateProject codebuild:DeleteProject codebuild:UpdateProject"

_TO_LAMBDA = ("iam:PassedToService", "lambda.amazonaws.com")
_TO_CODEBUILD = ("iam:PassedToService", "codebuild.amazonaws.com")
_LOGGING = ("iam:PolicyARN", "arn:{partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole")

PERMISSIONS: tuple[Permission, ...] = (
    _row("layers", "read", "ReadArchiveBuckets", _BUCKET, _READ_BUCKET,
         "ArchiveBucket: a refresh compares the buckets with the program"),
    _row("layers", "change", "ChangeArchiveBuckets", _BUCKET, _CHANGE_BUCKET,
         "ArchiveBucket: a private, encrypted bucket per region"),
    _row("layers", "read", "ReadArchives", _OBJECTS, _READ_OBJECT,
         "LayerBuild checks that its archive exists; Lambda reads it with the permissions of the publisher"),
    _row("layers", "change", "ChangeArchives", _OBJECTS, _CHANGE_OBJECT,
         "code of the builder, function code, copies for other regions; a bucket is emptied before it is deleted"),
    _row("layers", "read", "ReadBuilderRole", _ROLE, _READ_ROLE,
         "LayerBuilder: a refresh compares the role with the program"),
    _row("layers", "change", "ChangeBuilderRole", _ROLE, _CHANGE_ROLE,
         "LayerBuilder: the builder functions have their own role"),
    _row("layers", "change", "PassBuilderRole", _ROLE, "iam:PassRole",
         "the builder's role is passed to Lambda and to no other service", _TO_LAMBDA),
    _row("layers", "read", "FindLogs", "*", "logs:DescribeLogGroups",
         "pulumi-aws reads a log group by listing; AWS allows that for all groups of the account or for none"),
    _row("layers", "read", "ReadBuilderLogs", _LOG, "logs:ListTagsForResource",
         "LayerBuilder: a refresh compares the log groups with the program"),
    _row("layers", "change", "ChangeBuilderLogs", _LOG, _CHANGE_LOG,
         "LayerBuilder: a log group per builder function, with a retention period"),
    _row("layers", "read", "ReadBuilders", _BUILDER, _READ_FUNCTION,
         "LayerBuilder: a refresh compares the functions with the program"),
    _row("layers", "ask", "AskBuilders", _BUILDER, "lambda:InvokeFunction",
         "LayerBuild requests the lock in the preview and the archive in the update"),
    _row("layers", "change", "ChangeBuilders", _BUILDER, _CHANGE_FUNCTION,
         "LayerBuilder: a builder function per runtime"),
    _row("layers", "read", "ReadLayers", _LAYER, "lambda:GetLayerVersion lambda:GetLayerVersionPolicy",
         "LayerReplica: the published content, and who may read it"),
    _row("layers", "read", "FindLayerVersions", _LAYER_NAME, "lambda:ListLayerVersions",
         "LayerReplica finds the version that has a content, and who owns a name"),
    _row("layers", "change", "ChangeLayers", _LAYER, _CHANGE_LAYER,
         "LayerReplica: versions, and who may read them"),
    _row("layers", "read", "FindParameters", "*", "ssm:DescribeParameters",
         "pulumi-aws reads a parameter's description by listing; AWS allows that for all parameters or for none"),
    _row("layers", "read", "ReadParameters", _PARAMETER, _READ_PARAMETER,
         "the parameter that names the newest version"),
    _row("layers", "change", "ChangeParameters", _PARAMETER, _CHANGE_PARAMETER,
         "the parameter that names the newest version"),
    _row("functions", "read", "ReadFunctions", _FUNCTION, f"{_READ_FUNCTION} lambda:GetPolicy",
         "PythonFunction: a refresh compares the functions with the program"),
    _row("functions", "read", "ReadForeignLayers", _ANY_LAYER, "lambda:GetLayerVersion",
         "PythonFunction inspects layers of other accounts before it attaches them; AWS requires this to attach one"),
    _row("functions", "change", "ChangeFunctions", _FUNCTION, f"{_CHANGE_FUNCTION} lambda:PublishVersion",
         "PythonFunction: the function, and its versions if it has any"),
    _row("functions", "read", "ReadFunctionRoles", _FUNCTION_ROLE, _READ_ROLE,
         "roles that the program creates for its functions"),
    _row("functions", "change", "ChangeFunctionRoles", _FUNCTION_ROLE, _CHANGE_ROLE,
         "roles that the program creates for its functions"),
    _row("functions", "change", "PassFunctionRoles", _FUNCTION_ROLE, "iam:PassRole",
         "a function's role is passed to Lambda and to no other service", _TO_LAMBDA),
    _row("functions", "change", "LetFunctionsLog", _FUNCTION_ROLE, "iam:AttachRolePolicy iam:DetachRolePolicy",
         "a function's role may have AWS's policy for writing logs and no other", _LOGGING),
    _row("functions", "read", "ReadFunctionLogs", _FUNCTION_LOG, "logs:ListTagsForResource",
         "log groups of functions"),
    _row("functions", "change", "ChangeFunctionLogs", _FUNCTION_LOG, _CHANGE_LOG,
         "log groups of functions"),
    _row("codebuild", "read", "ReadProjects", _PROJECT, "codebuild:BatchGetBuilds codebuild:BatchGetProjects",
         "the host 'codebuild': the project and the status of its builds"),
    _row("codebuild", "change", "ChangeProjects", _PROJECT, _CHANGE_PROJECT,
         "the host 'codebuild': a project per runtime"),
    _row("codebuild", "ask", "AskProjects", _PROJECT, "codebuild:StartBuild codebuild:StopBuild",
         "the host 'codebuild': LayerBuild requests the lock in the preview and the archive in the update"),
    _row("codebuild", "ask", "HandOverRequests", _CODEBUILD_OBJECTS, "s3:DeleteObject s3:PutObject",
         "requests to CodeBuild are objects of the bucket, deleted once they are answered"),
    _row("codebuild", "read", "ReadBuildLogs", _LOG, "logs:GetLogEvents",
         "the end of the log of a failed build is shown"),
    _row("local", "ask", "KeepLocks", _LOCK_OBJECTS, "s3:PutObject",
         "a preview on this machine stores the lock that it shows; the update builds this lock"),
    _row("codebuild", "change", "PassProjectRole", _ROLE, "iam:PassRole",
         "the project's role is passed to CodeBuild", _TO_CODEBUILD),
)  # fmt: skip
"""Every permission. Source builds need no more: their function, role and log group are named after the builder."""
