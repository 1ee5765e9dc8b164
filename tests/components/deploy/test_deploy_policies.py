import json
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, get_args

import pytest

from components import LayerBuilder, LayerBuilderArgs, PythonFunction, PythonFunctionArgs, PythonLayer, PythonLayerArgs
from components.deploy import deploy_policies as policies
from layer_deployment.grants import grants
from layer_deployment.names import Host
from layer_deployment.permissions import PERMISSIONS
from layer_deployment.scope import DeployScope, Part, parts_of
from tests.conftest import RecordingEngine

EVERY_PART: tuple[Part, ...] = get_args(Part)
SCOPE = DeployScope(account="111122223333", stack="prod", layers=["web"], functions=["api"])
ORGANIZATION, PROJECT = "0a1b2c3d-0000-4000-8000-000000000001", "0a1b2c3d-0000-4000-8000-000000000002"
PROVIDER = "arn:aws:iam::111122223333:oidc-provider/issuer"
CIRCLECI = policies.CircleCiProject(
    organization_id=ORGANIZATION, project_id=PROJECT, repository="github.com/acme/layers"
)


def statements(document: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(document)["Statement"]
    return found


def test_jobs_of_the_branch_and_of_the_environment_may_deploy_and_no_others() -> None:
    github = policies.GitHubRepository(repository="acme/layers", environments=["prod"])
    assert statements(policies.github_may_deploy(github, provider_arn=PROVIDER)) == [
        {
            "Effect": "Allow",
            "Principal": {"Federated": PROVIDER},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {
                    "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                    "token.actions.githubusercontent.com:sub": [
                        "repo:acme/layers:ref:refs/heads/main",
                        "repo:acme/layers:environment:prod",
                    ],
                }
            },
        }
    ]


def test_jobs_of_pull_requests_may_preview() -> None:
    github = policies.GitHubRepository(repository="acme@12/layers@34")
    (statement,) = statements(policies.github_may_preview(github, provider_arn=PROVIDER))
    assert statement["Condition"]["StringEquals"]["token.actions.githubusercontent.com:sub"] == [
        "repo:acme@12/layers@34:pull_request"
    ]


def test_no_name_of_a_circleci_branch_can_imitate_another_branch() -> None:
    (statement,) = statements(policies.circleci_may_deploy(CIRCLECI, provider_arn=PROVIDER))
    condition = statement["Condition"]
    issuer = f"oidc.circleci.com/org/{ORGANIZATION}"
    assert condition["StringEquals"] == {f"{issuer}:aud": ORGANIZATION}
    (pattern,) = condition["StringLike"][f"{issuer}:sub"]
    assert "*" not in pattern
    user = "0a1b2c3d-0000-4000-8000-000000000009"
    subject = f"org/{ORGANIZATION}/project/{PROJECT}/user/{user}/vcs-origin/github.com/acme/layers/vcs-ref/refs/heads/"
    assert _matches(pattern, f"{subject}main")
    assert not _matches(pattern, f"{subject}other")
    assert not _matches(pattern, f"{subject}x/vcs-origin/github.com/acme/layers/vcs-ref/refs/heads/main")


def _matches(pattern: str, text: str) -> bool:
    return len(pattern) == len(text) and all(one in ("?", other) for one, other in zip(pattern, text, strict=True))


@pytest.mark.parametrize("document", [policies.deploy, policies.preview])
def test_the_documents_of_a_large_program_fit_into_a_role(document: Any) -> None:
    names = [f"{'long-' * 8}{number}" for number in range(6)]
    scope = DeployScope(account="111122223333", stack="production", layers=names, functions=names[:2])
    text = document(scope, parts=EVERY_PART, regions=["eu-west-1", "us-east-1", "ap-southeast-2"])
    state = policies.keep_state(bucket="b" * 63)
    assert len(text) + len(state) <= policies.MAX_INLINE_CHARACTERS


def test_a_preview_changes_nothing_but_locks_and_requests() -> None:
    changes = {action for row in PERMISSIONS if row.use == "change" for action in row.actions}
    rows = statements(policies.preview(SCOPE, parts=EVERY_PART))
    writes = {(action, resource) for row in rows for action in row["Action"] for resource in row["Resource"]}
    kept = "arn:aws:s3:::builder-archives-*/python-layers"
    assert {(action, resource) for action, resource in writes if action in changes} == {
        ("s3:PutObject", f"{kept}/locks/*"),
        ("s3:PutObject", f"{kept}/codebuild/*"),
        ("s3:DeleteObject", f"{kept}/codebuild/*"),
    }
    assert "lambda:InvokeFunction" in {action for action, _ in writes}


def test_a_preview_of_layers_that_lambda_builds_changes_nothing_at_all() -> None:
    changes = {action for row in PERMISSIONS if row.use == "change" for action in row.actions}
    allowed = {action for each in statements(policies.preview(SCOPE, parts=("layers",))) for action in each["Action"]}
    assert not allowed & changes


@pytest.mark.parametrize(
    ("hosts", "has_functions", "parts"),
    [
        (["lambda"], False, ("layers",)),
        (["lambda", "container"], True, ("layers", "functions", "local")),
        (["codebuild"], False, ("layers", "codebuild")),
        (["auto"], False, ("layers", "codebuild", "local")),
    ],
)
def test_parts_follow_from_the_hosts(hosts: list[Host], has_functions: bool, parts: tuple[str, ...]) -> None:
    assert parts_of(hosts, has_functions=has_functions) == parts


def test_roles_are_passed_to_the_service_that_runs_them_only() -> None:
    passed = [
        each for each in statements(policies.deploy(SCOPE, parts=EVERY_PART)) if each["Action"] == ["iam:PassRole"]
    ]
    assert [each["Condition"]["StringEquals"]["iam:PassedToService"] for each in passed] == [
        "lambda.amazonaws.com",
        "lambda.amazonaws.com",
        "codebuild.amazonaws.com",
    ]


def test_permissions_for_absent_resources_are_not_granted() -> None:
    resources = {resource for each in grants(SCOPE, parts=("layers",)) for resource in each.resources}
    assert not any("function:api" in resource or "codebuild" in resource for resource in resources)
    assert "*" not in {
        resource for each in grants(SCOPE) if each.permission.use != "read" for resource in each.resources
    }


def test_the_layer_of_a_functions_dependencies_is_among_the_layers() -> None:
    resources = {resource for each in grants(SCOPE) for resource in each.resources if ":layer:" in resource}
    assert resources == {f"arn:aws:lambda:*:111122223333:layer:{name}-python*" for name in ("web", "api-dependencies")}


def test_every_row_has_a_reason_and_a_unique_name() -> None:
    names = [row.sid for row in PERMISSIONS]
    assert len(set(names)) == len(names)
    assert all(name.isalpha() for name in names)
    assert all(row.why and tuple(sorted(row.actions)) == row.actions for row in PERMISSIONS if row.part != "functions")


def test_other_regions_are_denied() -> None:
    (deny,) = [
        each
        for each in statements(policies.deploy(SCOPE, parts=("layers",), regions=["eu-west-1"]))
        if each["Effect"] == "Deny"
    ]
    assert deny["Condition"] == {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1"]}}
    assert not any("iam" in action or "s3" in action for action in deny["Action"])


CREATED_BY = {
    "aws:cloudwatch/logGroup:LogGroup": ("logs:CreateLogGroup", "arn:aws:logs:{region}:111122223333:log-group:{name}"),
    "aws:codebuild/project:Project": (
        "codebuild:CreateProject",
        "arn:aws:codebuild:{region}:111122223333:project/{name}",
    ),
    "aws:iam/role:Role": ("iam:CreateRole", "arn:aws:iam::111122223333:role/{name}"),
    "aws:iam/rolePolicy:RolePolicy": ("iam:PutRolePolicy", "arn:aws:iam::111122223333:role/{role}"),
    "aws:lambda/function:Function": ("lambda:CreateFunction", "arn:aws:lambda:{region}:111122223333:function:{name}"),
    "pulumi-python:dynamic/layers:LayerReplica": (
        "lambda:PublishLayerVersion",
        "arn:aws:lambda:{region}:111122223333:layer:{layer_name}",
    ),
    "aws:s3/bucket:Bucket": ("s3:CreateBucket", "arn:aws:s3:::{name}"),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": (
        "s3:PutLifecycleConfiguration",
        "arn:aws:s3:::{bucket}",
    ),
    "aws:s3/bucketObjectv2:BucketObjectv2": ("s3:PutObject", "arn:aws:s3:::{bucket}/{key}"),
    "aws:s3/bucketPolicy:BucketPolicy": ("s3:PutBucketPolicy", "arn:aws:s3:::{bucket}"),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": (
        "s3:PutBucketPublicAccessBlock",
        "arn:aws:s3:::{bucket}",
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        "s3:PutEncryptionConfiguration",
        "arn:aws:s3:::{bucket}",
    ),
    "aws:s3/objectCopy:ObjectCopy": ("s3:PutObject", "arn:aws:s3:::{bucket}/{key}"),
}
"""By type: the action that makes it, and its ARN by its inputs. A type that is not here may lack a row in the table."""


def test_the_role_may_create_every_resource_of_a_program_with_all_components(
    engine: RecordingEngine, tmp_path: Path
) -> None:
    code = tmp_path / "builder.zip"
    code.write_bytes(b"the builder's archive")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "app.py").write_text("def handler(event, context):\n    return event\n")

    def program() -> None:
        builder = LayerBuilder(
            "builder",
            LayerBuilderArgs(
                regions=["eu-west-1", "us-east-1"],
                runtimes=["python3.13"],
                hosts=["codebuild"],
                source_builds=True,
                code=code,
            ),
        )
        web = PythonLayer("web", PythonLayerArgs(builder=builder, requirements=["requests"]))
        PythonFunction(
            "api",
            PythonFunctionArgs(
                builder=builder,
                code=tmp_path / "src",
                handler="app.handler",
                runtime="python3.13",
                requirements=["requests"],
                layers=[web],
                regions=["eu-west-1", "us-east-1"],
                allow_different_versions="all",
            ),
        )

    made = {
        name: each
        for name, each in engine.deploy(program).items()
        if each.typ.startswith("aws:") or each.typ in CREATED_BY
    }
    assert {each.typ for each in made.values()} == set(CREATED_BY)
    scope = replace(SCOPE, stack="test")
    rows = statements(policies.deploy(scope, parts=EVERY_PART))
    for name, each in made.items():
        action, pattern = CREATED_BY[each.typ]
        values = {"region": "eu-west-1", "name": f"{name}-0a1b2c3", **each.inputs}
        resource = pattern.format(**values)
        assert any(
            action in row["Action"] and any(fnmatchcase(resource, allowed) for allowed in row["Resource"])
            for row in rows
            if row["Effect"] == "Allow"
        ), (action, resource)
