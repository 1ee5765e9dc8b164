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
                "Sid": "KeepArchives",
                "Effect": "Allow",
                "Action": ["s3:GetObject", "s3:PutObject"],
                "Resource": f"{BUCKET}/python-layers/*",
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


def test_codebuild_may_do_what_the_builder_may_and_read_a_version_of_its_source() -> None:
    ours, builders = (
        json.loads(document(bucket_arn=BUCKET, prefix="python-layers/", log_group_arns=[LOG]))["Statement"]
        for document in (policies.build_in_codebuild, policies.build_layers)
    )
    assert ours[0].pop("Action") == ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"]
    assert builders[0].pop("Action") == ["s3:GetObject", "s3:PutObject"]
    assert ours == builders


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
