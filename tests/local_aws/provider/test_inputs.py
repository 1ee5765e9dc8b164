"""From the program's inputs to the resource's: names, defaults, and what is refused."""

from __future__ import annotations

import pytest

from local_aws.provider import wire
from local_aws.provider.inputs import Naming, checked_inputs
from local_aws.provider.resource_types import HANDLERS
from tests.local_aws.provider.sample import TRUST, archive, text_asset

SEED = Naming(logical_name="Thing", seed=b"seed")
ARN = "arn:aws:iam::111122223333:role/r"
FUNCTION = "aws:lambda/function:Function"
LAYER = "aws:lambda/layerVersion:LayerVersion"
GOOD: dict[str, wire.Props] = {
    FUNCTION: {"role": ARN, "handler": "main.handler", "runtime": "python3.13", "s3Bucket": "b", "s3Key": "k"},
    LAYER: {"layerName": "l", "s3Bucket": "b", "s3Key": "k"},
    "aws:cloudwatch/logGroup:LogGroup": {},
    "aws:iam/role:Role": {"assumeRolePolicy": TRUST},
    "aws:iam/rolePolicy:RolePolicy": {"role": "r", "policy": TRUST},
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {"role": "r", "policyArn": "arn:aws:iam::aws:policy/P"},
    "aws:lambda/layerVersionPermission:LayerVersionPermission": {
        "layerName": "l",
        "versionNumber": 1,
        "statementId": "s",
        "action": "lambda:GetLayerVersion",
        "principal": "*",
    },
    "aws:s3/bucket:Bucket": {},
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": {"bucket": "b"},
    "aws:s3/bucketObjectv2:BucketObjectv2": {"bucket": "b", "content": "x"},
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": {
        "bucket": "b",
        "rule": {"objectOwnership": "ObjectWriter"},
    },
    "aws:s3/bucketPolicy:BucketPolicy": {"bucket": "b", "policy": TRUST},
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {
        "bucket": "b",
        "rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}],
    },
    "aws:s3/bucketVersioning:BucketVersioning": {"bucket": "b", "versioningConfiguration": {"status": "Enabled"}},
    "aws:s3/objectCopy:ObjectCopy": {"bucket": "b", "key": "k", "source": "b/k"},
    "aws:ssm/parameter:Parameter": {"type": "String", "value": "v"},
}


def check(token: str, given: wire.Props, olds: wire.Props | None = None, naming: Naming = SEED) -> wire.Props:
    inputs, problems = checked_inputs(HANDLERS[token], olds or {}, given, naming, "us-east-1")
    assert problems == []
    return inputs


def problems(token: str, **given: wire.Json) -> dict[str, str]:
    _, found = checked_inputs(HANDLERS[token], {}, {**GOOD[token], **given}, SEED, "us-east-1")
    return {problem.path: problem.reason for problem in found}


@pytest.mark.parametrize("token", GOOD)
def test_a_good_program_has_no_problems_even_when_nothing_is_known_yet(token: str) -> None:
    assert problems(token) == {}
    unknown: wire.Json = wire.UNKNOWN
    assert problems(token, **dict.fromkeys(GOOD[token], unknown)) == {}


def test_the_region_is_the_providers_unless_given() -> None:
    assert check("aws:s3/bucket:Bucket", {})["region"] == "us-east-1"
    assert check("aws:s3/bucket:Bucket", {"region": "eu-west-1"})["region"] == "eu-west-1"
    assert "region" not in check("aws:iam/role:Role", GOOD["aws:iam/role:Role"])


def test_defaults_are_filled_in_and_remembered() -> None:
    inputs = check("aws:cloudwatch/logGroup:LogGroup", {"name": "g", "retentionInDays": 7})

    assert inputs["skipDestroy"] is False
    assert inputs[wire.DEFAULTS] == ["skipDestroy"]


def test_a_thing_without_a_name_is_named_after_its_resource_the_same_in_preview_and_deployment() -> None:
    token = "aws:cloudwatch/logGroup:LogGroup"
    name = wire.text(check(token, {}), "name")

    assert len(name) == len("Thing-1234567")
    assert name.startswith("Thing-")
    assert check(token, {})["name"] == name
    assert check(token, {}, naming=Naming(logical_name="Thing", seed=b"other"))["name"] != name


def test_a_bucket_is_named_in_lower_case_and_an_object_without_a_suffix() -> None:
    assert wire.text(check("aws:s3/bucket:Bucket", {}), "bucket").startswith("thing-")
    assert check("aws:s3/bucketObjectv2:BucketObjectv2", {"bucket": "b", "content": ""})["key"] == "Thing"


def test_a_made_up_name_is_kept_and_a_given_one_is_not() -> None:
    token = "aws:cloudwatch/logGroup:LogGroup"

    assert check(token, {}, {"name": "Thing-kept", "__defaults": ["name"]})["name"] == "Thing-kept"
    assert check(token, {}, {"name": "given", "__defaults": []})["name"] != "given"


def test_a_prefix_leaves_the_name_to_the_deployment() -> None:
    assert "bucket" not in check("aws:s3/bucket:Bucket", {"bucketPrefix": "some-"})


def test_the_engines_own_naming_rule_is_followed() -> None:
    token = "aws:s3/bucket:Bucket"
    proposed = Naming(logical_name="Thing", proposed="dev-thing")

    assert check(token, {}, naming=proposed)["bucket"] == "dev-thing"
    _, found = checked_inputs(HANDLERS[token], {}, {}, Naming(logical_name="Thing", is_disabled=True), "us-east-1")
    assert [problem.reason for problem in found] == ["automatic naming is disabled, so the program must set 'bucket'"]


def test_a_policy_given_as_an_object_becomes_a_text() -> None:
    inputs = check("aws:iam/role:Role", {"assumeRolePolicy": {"Statement": []}})

    assert inputs["assumeRolePolicy"] == '{"Statement": []}'


def test_what_the_stand_in_does_not_do_is_refused() -> None:
    assert problems("aws:s3/bucket:Bucket", versioning={"enabled": True}) == {
        "versioning": "is not supported by this stand-in for pulumi-resource-aws, which serves the embedded AWS; "
        "for Bucket, it supports bucket, bucketPrefix, forceDestroy, objectLockEnabled, region, tags"
    }


@pytest.mark.parametrize(
    ("token", "given", "expected"),
    [
        (LAYER, {"layerName": "a b"}, {"layerName"}),
        (LAYER, {"layerName": "a" * 141}, {"layerName"}),
        (LAYER, {"description": "a" * 257, "licenseInfo": "a" * 513}, {"description", "licenseInfo"}),
        (LAYER, {"compatibleRuntimes": ["python3.13"] * 16}, {"compatibleRuntimes"}),
        (LAYER, {"compatibleRuntimes": ["python4"], "compatibleArchitectures": ["amd64"]},
         {"compatibleRuntimes", "compatibleArchitectures"}),
        (LAYER, {"code": archive("a")}, {"code", "s3Bucket", "s3Key"}),
        (LAYER, {"s3Key": None}, {"s3Bucket"}),
        (LAYER, {"s3Bucket": None, "s3Key": None}, {"code"}),
        (LAYER, {"s3Bucket": None, "s3Key": None, "code": text_asset("a")}, {"code"}),
        (FUNCTION, {"timeout": 901, "memorySize": 64}, {"timeout", "memorySize"}),
        (FUNCTION, {"runtime": "python2"}, {"runtime"}),
        (FUNCTION, {"handler": None}, {"handler"}),
        (FUNCTION, {"packageType": "Image"}, {"packageType"}),
        (FUNCTION, {"role": "r", "layers": ["l"] * 6}, {"role", "layers"}),
        (FUNCTION, {"ephemeralStorage": {"size": 1}}, {"ephemeralStorage.size"}),
        (FUNCTION, {"loggingConfig": {"logFormat": "XML"}}, {"loggingConfig.logFormat"}),
        (FUNCTION, {"name": "a b"}, {"name"}),
        (FUNCTION, {"name": "a" * 65}, {"name"}),
        ("aws:cloudwatch/logGroup:LogGroup", {"retentionInDays": 2}, {"retentionInDays"}),
        ("aws:cloudwatch/logGroup:LogGroup", {"name": "a:b"}, {"name"}),
        ("aws:iam/role:Role", {"assumeRolePolicy": "{"}, {"assumeRolePolicy"}),
        ("aws:iam/role:Role", {"path": "x", "maxSessionDuration": 1}, {"path", "maxSessionDuration"}),
        ("aws:iam/rolePolicy:RolePolicy", {"policy": "[]"}, {"policy"}),
        ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", {"policyArn": "P"}, {"policyArn"}),
        ("aws:lambda/layerVersionPermission:LayerVersionPermission",
         {"principal": "me", "action": "lambda:*", "statementId": "a b", "organizationId": "o"},
         {"principal", "action", "statementId", "organizationId"}),
        ("aws:s3/bucket:Bucket", {"bucket": "No_Bucket"}, {"bucket"}),
        ("aws:s3/bucketPolicy:BucketPolicy", {"policy": "{}"}, {"policy"}),
        ("aws:s3/bucketVersioning:BucketVersioning", {"versioningConfiguration": {"status": "On"}},
         {"versioningConfiguration.status"}),
        ("aws:s3/bucketOwnershipControls:BucketOwnershipControls", {"rule": {"objectOwnership": "Me"}},
         {"rule.objectOwnership"}),
        ("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", {"rules": [{"id": "", "status": "On"}]},
         {"rules[0].id", "rules[0].status"}),
        ("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
         {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "ROT13"}}]},
         {"rules[0].applyServerSideEncryptionByDefault.sseAlgorithm"}),
        ("aws:s3/bucketObjectv2:BucketObjectv2", {"contentBase64": "x"}, {"content", "contentBase64"}),
        ("aws:s3/objectCopy:ObjectCopy", {"source": "bucket"}, {"source"}),
        ("aws:ssm/parameter:Parameter", {"value": None}, {"value"}),
        ("aws:ssm/parameter:Parameter", {"value": "a" * 4097}, {"value"}),
        ("aws:ssm/parameter:Parameter", {"type": "Text", "tier": "Gold"}, {"type", "tier"}),
    ],
)  # fmt: skip
def test_what_aws_would_refuse_is_found_before(token: str, given: wire.Props, expected: set[str]) -> None:
    assert problems(token, **given).keys() == expected


@pytest.mark.parametrize(
    ("token", "given", "message"),
    [
        (LAYER, {"layerName": "a b"}, "'a b' is no layer name: 1 to 140 letters, digits, hyphens and underscores, "
         "or the ARN of a layer"),
        (LAYER, {"code": archive("a"), "s3Key": None}, "conflicts with s3Bucket"),
        (LAYER, {"s3Bucket": None, "s3Key": None}, "one of code or s3Bucket with s3Key must be specified"),
        (FUNCTION, {"handler": None}, "handler and runtime must be set when PackageType is Zip"),
        (FUNCTION, {"timeout": 901}, "expected to be in the range (1 - 900), got 901"),
        (FUNCTION, {"role": "r"}, "'r' is an invalid ARN: arn: invalid prefix or sections"),
        (FUNCTION, {"layers": [ARN] * 6}, "too many list items: at most 5, got 6"),
        (FUNCTION, {"description": "a" * 257}, "expected length to be in the range (0 - 256), got 257 characters"),
        (FUNCTION, {"architectures": ["arm"]}, "expected one of x86_64, arm64, got arm"),
        ("aws:cloudwatch/logGroup:LogGroup", {"retentionInDays": 36}, "expected one of 0, 1, 3, 5, 7, 14, 30, 60, 90, "
         "120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, got 36"),
        (FUNCTION, {"runtime": "python3.1"}, "expected one of python3.15, python3.14, python3.13, python3.12, "
         "python3.11, python3.10, and 46 more, got python3.1"),
        ("aws:iam/role:Role", {"assumeRolePolicy": "[]"}, "contains an invalid JSON policy: not an object"),
    ],
)  # fmt: skip
def test_a_refusal_says_why(token: str, given: wire.Props, message: str) -> None:
    assert next(iter(problems(token, **given).values())) == message
