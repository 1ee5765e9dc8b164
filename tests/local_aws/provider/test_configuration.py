"""The provider's own configuration, and its functions that need no AWS."""

from __future__ import annotations

import json

import pytest
from pulumi.runtime.proto import provider_pb2

from local_aws.provider import wire
from local_aws.provider.session import Aws, Clients
from local_aws.provider.settings import ProviderSettings
from tests.local_aws.provider.engine import Engine, Failed, served


def test_values_that_are_no_strings_may_be_json_texts() -> None:
    settings = ProviderSettings.from_props(
        {
            "region": "eu-west-1",
            "accessKey": "111122223333",
            "endpoints": json.dumps([{"s3": "http://localhost:1", "cloudwatchlogs": "http://localhost:2"}]),
            "s3UsePathStyle": "true",
            "maxRetries": "5",
            "defaultTags": '{"tags": {"team": "layers"}}',
            "assumeRoles": '[{"roleArn": "arn:aws:iam::111122223333:role/r", "externalId": "x"}]',
            "version": "7.51.1",
        }
    )

    assert settings.region == "eu-west-1"
    assert settings.uses_path_style
    assert settings.endpoint("s3") == "http://localhost:1"
    assert settings.endpoint("logs") == "http://localhost:2"
    assert settings.endpoint("lambda") is None
    assert settings.maximum_retries == 5
    assert settings.default_tags == {"team": "layers"}
    assert [(role.role_arn, role.external_id) for role in settings.assumed_roles] == [
        ("arn:aws:iam::111122223333:role/r", "x")
    ]


def test_credentials_are_not_shown() -> None:
    shown = repr(ProviderSettings(access_key="AKIA", secret_key="hidden", token="hidden"))

    assert "AKIA" not in shown
    assert "hidden" not in shown


def test_every_problem_of_the_configuration_is_told_at_once() -> None:
    with served() as engine, pytest.raises(Failed) as failure:
        engine.configure({"regoin": "us-east-1", "s3UsePathStyle": "maybe", "ignoreTags": {"keys": ["a"]}})

    assert str(failure.value) == (
        "ignoreTags: is not supported by this stand-in for pulumi-resource-aws; "
        "regoin: unexpected property 'regoin'; did you mean 'region'?; "
        "s3UsePathStyle: must be true or false, not the string 'maybe'"
    )


def test_check_config_tells_the_same_before() -> None:
    with served() as engine:
        reply = engine.stub.CheckConfig(provider_pb2.CheckRequest(news=wire.encode({"regoin": "us-east-1"})))

    assert [(failure.property, failure.reason) for failure in reply.failures] == [
        ("regoin", "unexpected property 'regoin'; did you mean 'region'?")
    ]


def test_a_region_that_there_is_not_is_refused() -> None:
    with served() as engine, pytest.raises(Failed, match="invalid AWS Region: mars-east-1"):
        engine.configure({"region": "mars-east-1"})


def test_a_new_region_of_the_provider_is_a_change_that_replaces_nothing_by_itself() -> None:
    with served() as engine:
        reply = engine.stub.DiffConfig(
            provider_pb2.DiffRequest(
                old_inputs=wire.encode({"region": "us-east-1", "version": "7.51.0", "s3UsePathStyle": "true"}),
                news=wire.encode({"region": "eu-west-1", "version": "7.51.1", "s3UsePathStyle": True}),
            )
        )

    assert reply.changes == provider_pb2.DiffResponse.DIFF_SOME
    assert list(reply.diffs) == ["region"]
    assert list(reply.replaces) == []


def test_without_an_endpoint_nothing_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    settings = ProviderSettings(region="us-east-1", access_key="a", secret_key="b")
    aws = Aws(settings=settings, clients=Clients(settings))

    with pytest.raises(Exception, match="no endpoint for the service 'lambda'") as failure:
        aws.functions("us-east-1")

    assert str(failure.value) == (
        "no endpoint for the service 'lambda': this stand-in for pulumi-resource-aws only calls the embedded AWS. "
        "Set its URL in aws:endpoints of the stack's config, or in AWS_ENDPOINT_URL."
    )


def test_the_plugin_tells_its_version_and_an_empty_schema(engine: Engine) -> None:
    schema = engine.stub.GetSchema(provider_pb2.GetSchemaRequest()).schema

    assert engine.version() == "7.51.1"
    assert json.loads(schema) == {"name": "aws", "version": "7.51.1"}


def test_what_is_known_without_aws_is_answered(engine: Engine) -> None:
    assert engine.invoke("aws:index/getRegion:getRegion")["region"] == "us-east-1"
    assert engine.invoke("aws:index/getRegion:getRegion", {"region": "eu-west-1"})["endpoint"] == (
        "ec2.eu-west-1.amazonaws.com"
    )
    assert engine.invoke("aws:index/getPartition:getPartition") == {
        "dnsSuffix": "amazonaws.com",
        "id": "aws",
        "partition": "aws",
        "reverseDnsPrefix": "com.amazonaws",
    }
    assert {"us-east-1", "eu-west-1"} <= set(wire.texts(engine.invoke("aws:index/getRegions:getRegions"), "names"))


def test_a_function_or_type_that_is_not_there_is_refused_with_those_that_are(engine: Engine) -> None:
    with pytest.raises(Failed) as function:
        engine.invoke("aws:ec2/getVpc:getVpc")
    with pytest.raises(Failed) as resource:
        engine.create("aws:ec2/vpc:Vpc", "vpc", {})

    assert str(function.value) == (
        "'aws:ec2/getVpc:getVpc' is not supported by this stand-in for pulumi-resource-aws, which only serves "
        "the embedded AWS. It supports aws:index/getCallerIdentity:getCallerIdentity, "
        "aws:index/getPartition:getPartition, aws:index/getRegion:getRegion, aws:index/getRegions:getRegions. "
        "For anything else, deploy to a real account, which uses the real plugin."
    )
    assert "'aws:ec2/vpc:Vpc' is not supported by this stand-in" in str(resource.value)
    assert "aws:lambda/layerVersion:LayerVersion" in str(resource.value)
