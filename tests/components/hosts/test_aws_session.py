import json

import pytest

from components.hosts.aws_session import AssumedRole, AwsSettings, lambda_regions


def settings(**config: object) -> AwsSettings:
    texts = {f"aws:{key}": value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}
    return AwsSettings.from_config(texts.get)


def test_keys_and_endpoints_of_the_stack_reach_the_client() -> None:
    client = settings(
        accessKey="111122223333",
        secretKey="hidden",
        endpoints=[{"lambda": "http://127.0.0.1:4567", "s3": "http://127.0.0.1:4568"}],
        s3UsePathStyle="true",
    ).client("s3", region="eu-west-1")
    assert client.meta.endpoint_url == "http://127.0.0.1:4568"
    assert client.meta.region_name == "eu-west-1"
    assert client.meta.config.s3["addressing_style"] == "path"
    assert client._request_signer._credentials.access_key == "111122223333"


def test_a_service_without_an_endpoint_has_that_of_aws() -> None:
    client = settings(accessKey="a", secretKey="b").client("lambda", region="eu-west-1")
    assert client.meta.endpoint_url == "https://lambda.eu-west-1.amazonaws.com"


def test_roles_are_a_chain() -> None:
    roles = settings(
        assumeRoles=[
            {"roleArn": "arn:aws:iam::111122223333:role/first", "externalId": "e"},
            {"roleArn": "arn:aws:iam::222233334444:role/second", "sessionName": "deploy"},
        ]
    ).roles
    assert roles == (
        AssumedRole(role_arn="arn:aws:iam::111122223333:role/first", external_id="e"),
        AssumedRole(role_arn="arn:aws:iam::222233334444:role/second", session_name="deploy"),
    )


def test_nothing_secret_is_shown() -> None:
    assert "hidden" not in repr(settings(accessKey="a", secretKey="hidden", token="hidden"))


@pytest.mark.parametrize(
    ("region", "partition"), [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
def test_regions_are_known_with_their_partition(region: str, partition: str) -> None:
    assert lambda_regions()[region] == partition
