"""The stacks of the repository, and what AWS's policy evaluator says of our policies."""

import json
from typing import Any

import boto3
import pytest

from components.builder import policies
from local_aws.pulumi_engine.pulumi_program import LocalPulumi
from tests.e2e.stack import ROOT, Stack

pytestmark = pytest.mark.e2e

BUCKET = "arn:aws:s3:::archives"
LOG = "arn:aws:logs:us-east-1:111122223333:log-group:builder"


@pytest.mark.index
@pytest.mark.parametrize("name", ["dev", "prod", "local"])
def test_every_stack_of_the_repository_passes_a_preview(pulumi: LocalPulumi, name: str) -> None:
    shown = Stack(pulumi=pulumi, program=ROOT, name=name).preview()
    assert "to create" in shown
    assert "LayerReplica" in shown


@pytest.mark.parametrize(
    ("action", "resource", "decision"),
    [
        ("s3:PutObject", f"{BUCKET}/python-layers/archives/web/c0ffee.zip", "allowed"),
        ("s3:GetObject", f"{BUCKET}/python-layers/locks/1.toml", "allowed"),
        ("s3:ListBucket", BUCKET, "allowed"),
        ("logs:PutLogEvents", f"{LOG}:log-stream:1", "allowed"),
        ("logs:CreateLogStream", f"{LOG}:log-stream:1", "allowed"),
        ("s3:PutObject", f"{BUCKET}/python-layers/results/1.json", "allowed"),
        ("s3:PutObject", f"{BUCKET}/python-layers/locks/1.toml", "allowed"),
        ("s3:PutObject", f"{BUCKET}/python-layers/fragments/1.bin", "allowed"),
        ("s3:PutObject", f"{BUCKET}/python-layers/wheels/1/python312-arm64/a.whl", "allowed"),
        ("s3:PutObject", f"{BUCKET}/python-layers/sdists/1/a-1.tar.gz", "allowed"),
        ("s3:PutObject", f"{BUCKET}/python-layers/builder/code.zip", "implicitDeny"),
        ("s3:PutObject", f"{BUCKET}/python-layers/modules/1.zip", "implicitDeny"),
        ("s3:PutObject", f"{BUCKET}/python-layers/codebuild/1/request.json", "implicitDeny"),
        ("s3:PutObject", f"{BUCKET}/python-layers/elsewhere.zip", "implicitDeny"),
        ("s3:PutObject", f"{BUCKET}/elsewhere.zip", "implicitDeny"),
        ("s3:PutObject", "arn:aws:s3:::others/python-layers/x.zip", "implicitDeny"),
        ("s3:DeleteObject", f"{BUCKET}/python-layers/archives/web/c0ffee.zip", "implicitDeny"),
        ("s3:PutBucketPolicy", BUCKET, "implicitDeny"),
        ("logs:PutLogEvents", "arn:aws:logs:us-east-1:111122223333:log-group:others:log-stream:1", "implicitDeny"),
        ("logs:CreateLogGroup", LOG, "implicitDeny"),
        ("lambda:PublishLayerVersion", "arn:aws:lambda:us-east-1:111122223333:layer:web", "implicitDeny"),
        ("lambda:InvokeFunction", "arn:aws:lambda:us-east-1:111122223333:function:builder", "implicitDeny"),
        ("iam:PassRole", "arn:aws:iam::111122223333:role/builder", "implicitDeny"),
        ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:111122223333:secret:x", "implicitDeny"),
    ],
)
def test_the_evaluator_agrees_with_what_the_builder_may_do(
    pulumi: LocalPulumi, action: str, resource: str, decision: str
) -> None:
    document = policies.build_layers(bucket_arn=BUCKET, prefix="python-layers/", log_group_arns=[LOG])
    assert decided(pulumi, document, action, resource) == decision


@pytest.mark.parametrize(
    ("action", "resource", "decision"),
    [
        ("s3:GetObject", f"{BUCKET}/python-layers/builder/code.zip", "allowed"),
        ("s3:GetObject", f"{BUCKET}/python-layers/source-builds/1/sdist", "allowed"),
        ("s3:PutObject", f"{BUCKET}/python-layers/source-builds/1/wheel", "allowed"),
        ("logs:PutLogEvents", f"{LOG}:log-stream:1", "allowed"),
        ("s3:PutObject", f"{BUCKET}/python-layers/builder/code.zip", "implicitDeny"),
        ("s3:PutObject", f"{BUCKET}/python-layers/wheels/1/python312-arm64/a.whl", "implicitDeny"),
        ("s3:PutObject", f"{BUCKET}/python-layers/archives/web/c0ffee.zip", "implicitDeny"),
        ("s3:PutObject", f"{BUCKET}/python-layers/codebuild/1/answer.json", "implicitDeny"),
        ("s3:GetObject", f"{BUCKET}/python-layers/archives/web/c0ffee.zip", "implicitDeny"),
        ("s3:GetObject", f"{BUCKET}/python-layers/codebuild/1/request.json", "implicitDeny"),
        ("s3:ListBucket", BUCKET, "implicitDeny"),
        ("s3:DeleteObject", f"{BUCKET}/python-layers/source-builds/1/wheel", "implicitDeny"),
        ("codebuild:StartBuild", "arn:aws:codebuild:us-east-1:111122223333:project/layers", "implicitDeny"),
        ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:111122223333:secret:x", "implicitDeny"),
    ],
)
def test_the_evaluator_agrees_with_what_code_of_packages_may_do_in_codebuild(
    pulumi: LocalPulumi, action: str, resource: str, decision: str
) -> None:
    document = policies.build_sources_in_codebuild(
        bucket_arn=BUCKET, prefix="python-layers/", code_key="python-layers/builder/*", log_group_arns=[LOG]
    )
    assert decided(pulumi, document, action, resource) == decision


@pytest.mark.parametrize(
    ("action", "resource", "decision"),
    [
        ("codebuild:StartBuild", "arn:aws:codebuild:us-east-1:111122223333:project/sources", "allowed"),
        ("codebuild:BatchGetBuilds", "arn:aws:codebuild:us-east-1:111122223333:project/sources", "allowed"),
        ("codebuild:StartBuild", "arn:aws:codebuild:us-east-1:111122223333:project/layers", "implicitDeny"),
        ("codebuild:UpdateProject", "arn:aws:codebuild:us-east-1:111122223333:project/sources", "implicitDeny"),
    ],
)
def test_the_evaluator_agrees_with_which_builds_codebuild_may_start(
    pulumi: LocalPulumi, action: str, resource: str, decision: str
) -> None:
    project = "arn:aws:codebuild:us-east-1:111122223333:project/sources"
    assert decided(pulumi, policies.start_builds(project_arns=[project]), action, resource) == decision


def decided(pulumi: LocalPulumi, document: str, action: str, resource: str) -> str:
    client = Stack(pulumi=pulumi, program=ROOT).client("iam")
    answer = client.simulate_custom_policy(PolicyInputList=[document], ActionNames=[action], ResourceArns=[resource])
    return str(answer["EvaluationResults"][0]["EvalDecision"])


@pytest.mark.parametrize(("protocol", "status"), [("https", 200), ("http", 403)])
def test_a_bucket_answers_over_tls_only(pulumi: LocalPulumi, protocol: str, status: int) -> None:
    owner = Stack(pulumi=pulumi, program=ROOT, account="444455556666")
    bucket, user = f"tls-{protocol}", f"reader-{protocol}"
    owner.client("s3").create_bucket(Bucket=bucket)
    policy = policies.require_tls(bucket_arn=f"arn:aws:s3:::{bucket}")
    owner.client("s3").put_bucket_policy(Bucket=bucket, Policy=policy)
    users = owner.client("iam")
    users.create_user(UserName=user)
    allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    users.put_user_policy(UserName=user, PolicyName="all", PolicyDocument=json.dumps(allow))
    key = users.create_access_key(UserName=user)["AccessKey"]
    storage = boto3.client(
        "s3",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
        endpoint_url=pulumi.emulator.endpoint,
        region_name="us-east-1",
    )

    def arrives_over(request: Any, **_: object) -> None:
        request.headers["X-Forwarded-Proto"] = protocol

    storage.meta.events.register("before-send.s3", arrives_over)
    try:
        answered = storage.list_objects_v2(Bucket=bucket)["ResponseMetadata"]["HTTPStatusCode"]
    except storage.exceptions.ClientError as error:
        answered = error.response["ResponseMetadata"]["HTTPStatusCode"]
    assert answered == status
