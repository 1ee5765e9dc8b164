import json
from collections.abc import Callable

import pytest

from components.builder import policies

BUCKET = "arn:aws:s3:::archives"
LOG = "arn:aws:logs:eu-west-1:111122223333:log-group:builder"


@pytest.mark.parametrize(
    ("document", "service"), [(policies.lambda_may_assume, "lambda"), (policies.codebuild_may_assume, "codebuild")]
)
def test_only_one_service_may_assume_a_role(document: Callable[[], str], service: str) -> None:
    assert json.loads(document())["Statement"] == [
        {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ]


def test_the_builder_may_use_its_prefix_and_write_its_logs_and_nothing_else() -> None:
    document = json.loads(policies.build_layers(bucket_arn=BUCKET, prefix="python-layers/", log_group_arns=[LOG]))
    assert document == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "ReadArchives",
                "Effect": "Allow",
                "Action": ["s3:GetObject"],
                "Resource": f"{BUCKET}/python-layers/*",
            },
            {
                "Sid": "KeepArchives",
                "Effect": "Allow",
                "Action": "s3:PutObject",
                "Resource": [
                    f"{BUCKET}/python-layers/{folder}/*"
                    for folder in ("archives", "fragments", "locks", "results", "sdists", "wheels")
                ],
            },
            {"Sid": "TellMissingFromDenied", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": BUCKET},
            {
                "Sid": "WriteLogs",
                "Effect": "Allow",
                "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                "Resource": [f"{LOG}:*"],
            },
        ],
    }


def test_codebuild_may_do_what_the_builder_may_and_answer_and_read_a_version_of_its_source() -> None:
    ours, builders = (
        json.loads(document(bucket_arn=BUCKET, prefix="python-layers/", log_group_arns=[LOG]))["Statement"]
        for document in (policies.build_in_codebuild, policies.build_layers)
    )
    assert ours[0].pop("Action") == ["s3:GetObject", "s3:GetObjectVersion"]
    assert builders[0].pop("Action") == ["s3:GetObject"]
    assert ours[1]["Resource"].pop() == f"{BUCKET}/python-layers/source-builds/*"
    assert ours[1]["Resource"].pop() == f"{BUCKET}/python-layers/codebuild/*"
    assert ours == builders


@pytest.mark.parametrize("document", [policies.build_layers, policies.build_in_codebuild])
@pytest.mark.parametrize("folder", ["builder", "modules", "given-locks", "archivesque"])
def test_no_build_may_write_the_code_of_the_functions_or_of_users(document: Callable[..., str], folder: str) -> None:
    statements = json.loads(document(bucket_arn=BUCKET, prefix="python-layers/", log_group_arns=[LOG]))["Statement"]
    (writing,) = [each for each in statements if "s3:PutObject" in each["Action"]]
    written = f"{BUCKET}/python-layers/{folder}/code.zip"
    assert not [pattern for pattern in writing["Resource"] if written.startswith(pattern.removesuffix("*"))]


def test_a_bucket_refuses_connections_without_tls() -> None:
    (statement,) = json.loads(policies.require_tls(bucket_arn=BUCKET))["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Resource"] == [BUCKET, f"{BUCKET}/*"]
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_the_builder_may_invoke_exactly_the_functions_for_source_builds() -> None:
    sources = "arn:aws:lambda:eu-west-1:111122223333:function:sources"
    (statement,) = json.loads(policies.invoke_functions(function_arns=[sources]))["Statement"]
    assert statement == {
        "Sid": "BuildFromSource",
        "Effect": "Allow",
        "Action": "lambda:InvokeFunction",
        "Resource": [sources],
    }
