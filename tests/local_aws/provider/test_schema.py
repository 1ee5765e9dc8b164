"""What pulumi_aws says of types, and what is found wrong with inputs."""

import pytest

from local_aws.provider import schema, wire
from local_aws.provider.errors import Problem
from local_aws.provider.resource_types import HANDLERS
from local_aws.provider.schema import check, resource_schema
from tests.local_aws.provider.sample import archive, text_asset

FUNCTION = resource_schema("lambda_.function", "Function")


def problems(given: wire.Props) -> dict[str, str]:
    return {problem.path: problem.reason for problem in check(FUNCTION.inputs, given)}


@pytest.mark.parametrize("token", HANDLERS)
def test_every_handler_is_for_the_type_under_which_it_is_listed(token: str) -> None:
    assert HANDLERS[token].traits.schema.token == token


@pytest.mark.parametrize("token", HANDLERS)
def test_the_traits_name_inputs_that_the_type_has(token: str) -> None:
    traits = HANDLERS[token].traits
    inputs = traits.schema.inputs.keys()
    computed = {path.split(".")[0] for path in traits.computed}
    name = {traits.auto_name.property} if traits.auto_name else set()

    assert traits.supported <= inputs
    assert traits.replaces_on | traits.defaults.keys() | traits.policies | traits.sets | name <= traits.supported
    assert computed <= inputs
    assert ("region" in inputs) == traits.is_regional


def test_inputs_and_outputs_are_known_by_their_wire_names() -> None:
    assert FUNCTION.inputs["memorySize"].type.kind == "integer"
    assert FUNCTION.inputs["role"].required
    assert not FUNCTION.inputs["runtime"].required
    assert {"arn", "qualifiedArn", "tagsAll"} <= FUNCTION.outputs_only


def test_the_arguments_of_a_resource_are_not_those_of_an_inline_block_of_the_same_name() -> None:
    versioning = resource_schema("s3.bucket_versioning", "BucketVersioning")

    assert versioning.inputs["versioningConfiguration"].type.properties["status"].required


def test_all_problems_are_found_at_once() -> None:
    assert problems({"memroySize": 1, "timeout": "3", "layers": ["a", 1], "environment": {"variables": {"A": 1}}}) == {
        "memroySize": "unexpected property 'memroySize'; did you mean 'memorySize'?",
        "timeout": "must be a whole number, not the string '3'",
        "layers[1]": "must be a string, not the number 1",
        "environment.variables.A": "must be a string, not the number 1",
        "role": "missing required property 'role'",
    }


def test_an_unknown_property_without_a_likeness_is_answered_with_all_there_are() -> None:
    inputs = resource_schema("iam.role_policy_attachment", "RolePolicyAttachment").inputs

    assert list(check(inputs, {"role": "r", "policyArn": "p", "zzz": True})) == [
        Problem("zzz", "unexpected property 'zzz'; it takes policyArn, role")
    ]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"publish": "yes"}, "must be true or false, not the string 'yes'"),
        ({"memorySize": True}, "must be a whole number, not a boolean"),
        ({"memorySize": 1.5}, "must be a whole number, not the number 1.5"),
        ({"layers": "a"}, "must be a list, not the string 'a'"),
        ({"tags": ["a"]}, "must be a map, not a list"),
        ({"environment": "a"}, "must be an object, not the string 'a'"),
        ({"environment": archive("a")}, "must be an object, not an asset or archive"),
        ({"code": "main.py"}, "must be an asset or archive, not the string 'main.py'"),
        ({"description": {}}, "must be a string, not an object"),
    ],
)
def test_a_wrong_type_is_named(given: wire.Props, reason: str) -> None:
    assert problems({"role": "r", **given}) == {next(iter(given)): reason}


def test_a_nested_object_is_checked_like_the_resource() -> None:
    assert problems({"role": "r", "loggingConfig": {"format": "JSON"}}) == {
        "loggingConfig.format": "unexpected property 'format'; did you mean 'logFormat'?",
        "loggingConfig.logFormat": "missing required property 'logFormat'",
    }


def test_unknown_values_and_enumerations_and_archives_pass() -> None:
    unknown: wire.Json = wire.UNKNOWN

    assert (
        problems(
            {
                "role": unknown,
                "memorySize": unknown,
                "layers": [unknown],
                "environment": {"variables": unknown},
                "runtime": "python3.13",
                "code": archive("a"),
                "tags": None,
                "__defaults": ["name"],
            }
        )
        == {}
    )


def test_a_policy_may_be_a_text_or_an_object_and_a_source_a_file_or_an_archive() -> None:
    role = resource_schema("iam.role", "Role").inputs
    an_object = resource_schema("s3.bucket_objectv2", "BucketObjectv2").inputs

    assert list(check(role, {"assumeRolePolicy": {"Statement": []}})) == []
    assert list(check(an_object, {"bucket": "b", "source": text_asset("a")})) == []


def test_the_configuration_of_the_provider_is_known_too() -> None:
    assert schema.config_properties()["endpoints"].type.kind == "list"
    assert schema.config_properties()["s3UsePathStyle"].type.kind == "boolean"
