import json

from components import policies

BUCKET = "arn:aws:s3:::archives"
LOG = "arn:aws:logs:eu-west-1:111122223333:log-group:builder"


def test_only_lambda_may_assume_the_role() -> None:
    assert json.loads(policies.lambda_may_assume())["Statement"] == [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ]


def test_the_builder_may_keep_its_prefix_and_write_its_logs_and_nothing_else() -> None:
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


def test_a_bucket_refuses_connections_without_tls() -> None:
    (statement,) = json.loads(policies.require_tls(bucket_arn=BUCKET))["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Resource"] == [BUCKET, f"{BUCKET}/*"]
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
