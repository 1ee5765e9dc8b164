"""A region that fails, fails alone, and the next ``pulumi up`` completes it."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.e2e.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.index]

HEALTHY, DENIED = "us-east-1", "eu-west-1"
WEB = {"layers": {"web": {"requirements": ["idna==3.10"]}}, "share_with": {"accounts": ["999988887777"]}}
OTHER = {"layers": {"web": {"requirements": ["idna==3.9"]}}, "share_with": {"accounts": ["999988887777"]}}
USER = "deployer"


@pytest.fixture(scope="module")
def deployer(stack: Stack) -> Stack:
    """Return the stack as a user sees it who may do everything."""
    users = stack.client("iam")
    users.create_user(UserName=USER)
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    allow(stack, "all", everything)
    key = users.create_access_key(UserName=USER)["AccessKey"]
    credentials = {"aws:accessKey": key["AccessKeyId"], "aws:secretKey": key["SecretAccessKey"]}
    return replace(stack, config={**stack.config, **credentials, "python-layers:keep_old_versions": True})


def allow(stack: Stack, name: str, *statements: dict[str, Any]) -> None:
    document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    stack.client("iam").put_user_policy(UserName=USER, PolicyName=name, PolicyDocument=document)


def deny(stack: Stack, action: str) -> None:
    condition = {"StringEquals": {"aws:RequestedRegion": DENIED}}
    allow(stack, "deny", {"Effect": "Deny", "Action": action, "Resource": "*", "Condition": condition})


def versions(stack: Stack, region: str) -> list[str]:
    functions = stack.client("lambda", region)
    return [
        version["Description"]
        for layer in functions.list_layers()["Layers"]
        for version in functions.list_layer_versions(LayerName=layer["LayerName"])["LayerVersions"]
    ]


def parameters(stack: Stack, region: str) -> list[str]:
    client = stack.client("ssm", region)
    names = [each["Name"] for each in client.describe_parameters()["Parameters"]]
    return [client.get_parameter(Name=name)["Parameter"]["Value"] for name in names]


@pytest.mark.parametrize(
    ("settings", "before", "action"),
    [(WEB, 0, "lambda:PublishLayerVersion"), (OTHER, 1, "lambda:AddLayerVersionPermission")],
    ids=["first deployment", "update"],
)
def test_a_denied_region_is_named_once_and_the_others_are_complete(
    stack: Stack, deployer: Stack, settings: dict[str, Any], before: int, action: str
) -> None:
    deny(stack, action)
    failed = deployer.try_up("--continue-on-error", **settings)
    assert failed.status != 0
    assert failed.messages.count("aws-refused: ") == 1, failed.messages
    assert f"failed in {DENIED}" in failed.messages
    assert len(versions(stack, HEALTHY)) == before + 1
    (announced,) = parameters(stack, HEALTHY)
    assert announced.endswith(f":{before + 1}")

    stack.client("iam").delete_user_policy(UserName=USER, PolicyName="deny")
    assert deployer.up(**settings).status == 0
    for region in (HEALTHY, DENIED):
        found = versions(stack, region)
        assert len(found) == len(set(found)) == before + 1
        assert parameters(stack, region)[0].endswith(f":{before + 1}")
    deployer.say("preview", "--expect-no-changes", **settings)
