"""What deploying needs of AWS: actions, on what, and why. One table, for deploy roles and for ``python-layers doctor``.

Pure. Derived from the resources of ``components``: for each, what creating, reading, changing and deleting it needs,
as far as we know what pulumi-aws calls, and what our own dynamic resources call. The end-to-end test proves it against
the calls of the stand-in provider only. Pulumi names what it makes ``<name in the program>-<random>``; the patterns
begin with these names, so that a role made of this table cannot touch what others made. Names that a program changes by
``pulumi:autonaming`` need patterns of their own.
"""

from __future__ import annotations

from layer_deployment.scope import Permission

_LAMBDA = "lambda.amazonaws.com"

_BUCKETS = ("arn:{partition}:s3:::{builder}-archives-*",)
_OBJECTS = ("arn:{partition}:s3:::{builder}-archives-*/*",)
_ROLES = ("arn:{partition}:iam::{account}:role/{builder}-*",)
_LOGS = ("arn:{partition}:logs:*:{account}:log-group:{builder}-*",)
_BUILDERS = ("arn:{partition}:lambda:*:{account}:function:{builder}-*",)
_LAYERS = ("arn:{partition}:lambda:*:{account}:layer:{layer}-python*",)
_PARAMETERS = ("arn:{partition}:ssm:*:{account}:parameter/python-layers/{stack}/*",)
_FUNCTIONS = ("arn:{partition}:lambda:*:{account}:function:{function}-*",)
_FUNCTION_ROLES = ("arn:{partition}:iam::{account}:role/{function}-*",)
_FUNCTION_LOGS = ("arn:{partition}:logs:*:{account}:log-group:{function}-*",)
_PROJECTS = ("arn:{partition}:codebuild:*:{account}:project/{builder}-*",)

_READ_ROLE = (
    "iam:GetRole",
    "iam:GetRolePolicy",
    "iam:ListAttachedRolePolicies",
    "iam:ListInstanceProfilesForRole",
    "iam:ListRolePolicies",
    "iam:ListRoleTags",
)
_CHANGE_ROLE = (
    "iam:CreateRole",
    "iam:DeleteRole",
    "iam:DeleteRolePolicy",
    "iam:PutRolePolicy",
    "iam:TagRole",
    "iam:UntagRole",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateRole",
    "iam:UpdateRoleDescription",
)
_CHANGE_LOGS = (
    "logs:CreateLogGroup",
    "logs:DeleteLogGroup",
    "logs:DeleteRetentionPolicy",
    "logs:PutRetentionPolicy",
    "logs:TagResource",
    "logs:UntagResource",
)
_READ_FUNCTION = (
    "lambda:GetFunction",
    "lambda:GetFunctionCodeSigningConfig",
    "lambda:GetFunctionConcurrency",
    "lambda:GetFunctionConfiguration",
    "lambda:GetFunctionRecursionConfig",
    "lambda:GetRuntimeManagementConfig",
    "lambda:ListTags",
    "lambda:ListVersionsByFunction",
)
_CHANGE_FUNCTION = (
    "lambda:CreateFunction",
    "lambda:DeleteFunction",
    "lambda:TagResource",
    "lambda:UntagResource",
    "lambda:UpdateFunctionCode",
    "lambda:UpdateFunctionConfiguration",
)

PERMISSIONS: tuple[Permission, ...] = (
    Permission(
        sid="ReadArchiveBuckets",
        use="read",
        part="layers",
        # pulumi-aws reads every setting of a bucket, whether the program has it or not
        actions=(
            "s3:GetAccelerateConfiguration",
            "s3:GetBucket*",
            "s3:GetEncryptionConfiguration",
            "s3:GetLifecycleConfiguration",
            "s3:GetReplicationConfiguration",
            "s3:ListBucket",
            "s3:ListBucketMultipartUploads",
            "s3:ListBucketVersions",
            "s3:ListTagsForResource",
        ),
        resources=_BUCKETS,
        why="ArchiveBucket: a refresh compares the buckets with the program",
    ),
    Permission(
        sid="ChangeArchiveBuckets",
        use="change",
        part="layers",
        actions=(
            "s3:CreateBucket",
            "s3:DeleteBucket",
            "s3:DeleteBucketPolicy",
            "s3:PutBucketPolicy",
            "s3:PutBucketPublicAccessBlock",
            "s3:PutBucketTagging",
            "s3:PutBucketVersioning",
            "s3:PutEncryptionConfiguration",
            "s3:PutLifecycleConfiguration",
            "s3:TagResource",
            "s3:UntagResource",
        ),
        resources=_BUCKETS,
        why="ArchiveBucket: a private, encrypted, versioned bucket per region",
    ),
    Permission(
        sid="ReadArchives",
        use="read",
        part="layers",
        actions=("s3:GetObject", "s3:GetObjectTagging", "s3:GetObjectVersion"),
        resources=_OBJECTS,
        why="LayerBuild looks whether its archive is there; Lambda reads it as whoever publishes the version",
    ),
    Permission(
        sid="ChangeArchives",
        use="change",
        part="layers",
        actions=(
            "s3:AbortMultipartUpload",
            "s3:DeleteObject",
            "s3:DeleteObjectVersion",
            "s3:PutObject",
            "s3:PutObjectTagging",
        ),
        resources=_OBJECTS,
        why="the builder's code, own modules, copies for other regions; a bucket that goes is emptied first",
    ),
    Permission(
        sid="ReadBuilderRole",
        use="read",
        part="layers",
        actions=_READ_ROLE,
        resources=_ROLES,
        why="LayerBuilder: a refresh compares the role with the program",
    ),
    Permission(
        sid="ChangeBuilderRole",
        use="change",
        part="layers",
        actions=_CHANGE_ROLE,
        resources=_ROLES,
        why="LayerBuilder: the builder functions run as a role of their own",
    ),
    Permission(
        sid="PassBuilderRole",
        use="change",
        part="layers",
        actions=("iam:PassRole",),
        resources=_ROLES,
        why="the builder's role is handed to Lambda, and to no other service",
        condition=("iam:PassedToService", _LAMBDA),
    ),
    Permission(
        sid="FindLogs",
        use="read",
        part="layers",
        actions=("logs:DescribeLogGroups",),
        resources=("*",),
        why="a log group is read by listing them, which AWS allows for all groups of the account or for none",
    ),
    Permission(
        sid="ReadBuilderLogs",
        use="read",
        part="layers",
        actions=("logs:ListTagsForResource",),
        resources=_LOGS,
        why="LayerBuilder: a refresh compares the log groups with the program",
    ),
    Permission(
        sid="ChangeBuilderLogs",
        use="change",
        part="layers",
        actions=_CHANGE_LOGS,
        resources=_LOGS,
        why="LayerBuilder: a log group per builder function, kept for some days",
    ),
    Permission(
        sid="ReadBuilders",
        use="read",
        part="layers",
        actions=_READ_FUNCTION,
        resources=_BUILDERS,
        why="LayerBuilder: a refresh compares the functions with the program",
    ),
    Permission(
        sid="AskBuilders",
        use="ask",
        part="layers",
        actions=("lambda:InvokeFunction",),
        resources=_BUILDERS,
        why="LayerBuild asks for the lock in the preview, and for the archive in the update",
    ),
    Permission(
        sid="ChangeBuilders",
        use="change",
        part="layers",
        actions=_CHANGE_FUNCTION,
        resources=_BUILDERS,
        why="LayerBuilder: a builder function per runtime",
    ),
    Permission(
        sid="ReadLayers",
        use="read",
        part="layers",
        actions=("lambda:GetLayerVersion", "lambda:GetLayerVersionPolicy"),
        resources=_LAYERS,
        why="LayerVersion and LayerAccess: the bytes that were published, and who may read them",
    ),
    Permission(
        sid="ChangeLayers",
        use="change",
        part="layers",
        actions=(
            "lambda:AddLayerVersionPermission",
            "lambda:DeleteLayerVersion",
            "lambda:PublishLayerVersion",
            "lambda:RemoveLayerVersionPermission",
        ),
        resources=_LAYERS,
        why="LayerVersion and LayerAccess: versions, and who may read them",
    ),
    Permission(
        sid="FindParameters",
        use="read",
        part="layers",
        actions=("ssm:DescribeParameters",),
        resources=("*",),
        why="a parameter's description is read by listing them, which AWS allows for all or for none",
    ),
    Permission(
        sid="ReadParameters",
        use="read",
        part="layers",
        actions=("ssm:GetParameter", "ssm:GetParameters", "ssm:ListTagsForResource"),
        resources=_PARAMETERS,
        why="the parameter that names the newest version",
    ),
    Permission(
        sid="ChangeParameters",
        use="change",
        part="layers",
        actions=("ssm:AddTagsToResource", "ssm:DeleteParameter", "ssm:PutParameter", "ssm:RemoveTagsFromResource"),
        resources=_PARAMETERS,
        why="the parameter that names the newest version",
    ),
    Permission(
        sid="ReadFunctions",
        use="read",
        part="functions",
        actions=(*_READ_FUNCTION, "lambda:GetPolicy"),
        resources=_FUNCTIONS,
        why="PythonFunction: a refresh compares the functions with the program",
    ),
    Permission(
        sid="ReadForeignLayers",
        use="read",
        part="functions",
        actions=("lambda:GetLayerVersion",),
        resources=("arn:{partition}:lambda:*:*:layer:*:*",),
        why="layers of other accounts are looked into before they are attached, and AWS asks for it at the attachment",
    ),
    Permission(
        sid="ChangeFunctions",
        use="change",
        part="functions",
        actions=(*_CHANGE_FUNCTION, "lambda:PublishVersion"),
        resources=_FUNCTIONS,
        why="PythonFunction: the function, and its versions where it has them",
    ),
    Permission(
        sid="ReadFunctionRoles",
        use="read",
        part="functions",
        actions=_READ_ROLE,
        resources=_FUNCTION_ROLES,
        why="roles that the program makes for its functions",
    ),
    Permission(
        sid="ChangeFunctionRoles",
        use="change",
        part="functions",
        actions=_CHANGE_ROLE,
        resources=_FUNCTION_ROLES,
        why="roles that the program makes for its functions",
    ),
    Permission(
        sid="PassFunctionRoles",
        use="change",
        part="functions",
        actions=("iam:PassRole",),
        resources=_FUNCTION_ROLES,
        why="a function's role is handed to Lambda, and to no other service",
        condition=("iam:PassedToService", _LAMBDA),
    ),
    Permission(
        sid="LetFunctionsLog",
        use="change",
        part="functions",
        actions=("iam:AttachRolePolicy", "iam:DetachRolePolicy"),
        resources=_FUNCTION_ROLES,
        why="a function's role may be given AWS's policy for writing logs, and no other",
        condition=("iam:PolicyARN", "arn:{partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"),
    ),
    Permission(
        sid="ReadFunctionLogs",
        use="read",
        part="functions",
        actions=("logs:ListTagsForResource",),
        resources=_FUNCTION_LOGS,
        why="log groups of functions",
    ),
    Permission(
        sid="ChangeFunctionLogs",
        use="change",
        part="functions",
        actions=_CHANGE_LOGS,
        resources=_FUNCTION_LOGS,
        why="log groups of functions",
    ),
    Permission(
        sid="ReadProjects",
        use="read",
        part="codebuild",
        actions=("codebuild:BatchGetBuilds", "codebuild:BatchGetProjects"),
        resources=_PROJECTS,
        why="the CodeBuild host: the project, and how its builds ended",
    ),
    Permission(
        sid="ChangeProjects",
        use="change",
        part="codebuild",
        actions=(
            "codebuild:CreateProject",
            "codebuild:DeleteProject",
            "codebuild:UpdateProject",
        ),
        resources=_PROJECTS,
        why="the CodeBuild host: a project per runtime",
    ),
    Permission(
        sid="AskProjects",
        use="ask",
        part="codebuild",
        actions=("codebuild:StartBuild", "codebuild:StopBuild"),
        resources=_PROJECTS,
        why="the CodeBuild host is asked for the lock in the preview, and for the archive in the update",
    ),
    Permission(
        sid="HandOverRequests",
        use="ask",
        part="codebuild",
        actions=("s3:DeleteObject", "s3:PutObject"),
        resources=("arn:{partition}:s3:::{builder}-archives-*/python-layers/codebuild/*",),
        why="what CodeBuild is asked goes through the bucket, and is removed with the answer",
    ),
    Permission(
        sid="ReadBuildLogs",
        use="read",
        part="codebuild",
        actions=("logs:GetLogEvents",),
        resources=_LOGS,
        why="the end of the log of a build that failed is shown",
    ),
    Permission(
        sid="KeepLocks",
        use="ask",
        part="local",
        actions=("s3:PutObject",),
        resources=("arn:{partition}:s3:::{builder}-archives-*/python-layers/locks/*",),
        why="a preview on this machine keeps the lock that it shows, which the update builds",
    ),
    Permission(
        sid="PassProjectRole",
        use="change",
        part="codebuild",
        actions=("iam:PassRole",),
        resources=_ROLES,
        why="the project's role is handed to CodeBuild",
        condition=("iam:PassedToService", "codebuild.amazonaws.com"),
    ),
)
"""All of it. Source builds need nothing more: their function, role and log group are named after the builder."""
