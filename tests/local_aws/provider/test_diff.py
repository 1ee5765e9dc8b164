"""What counts as a change, and what it makes of a resource."""

import json

import pytest

from local_aws.provider import wire
from local_aws.provider.diff import Change, Difference, difference
from local_aws.provider.resource_types import HANDLERS
from tests.local_aws.provider.sample import TRUST, archive

FUNCTION = HANDLERS["aws:lambda/function:Function"].traits
LAYER = HANDLERS["aws:lambda/layerVersion:LayerVersion"].traits
ROLE = HANDLERS["aws:iam/role:Role"].traits
ATTACHMENT = HANDLERS["aws:iam/rolePolicyAttachment:RolePolicyAttachment"].traits


def function(olds: wire.Props, news: wire.Props, *ignored: str) -> Difference:
    return difference(FUNCTION, olds, news, ignored)


def test_equal_inputs_differ_in_nothing() -> None:
    assert function({"memorySize": 128, "layers": ["a"]}, {"memorySize": 128, "layers": ["a"]}).changes == {}


def test_changes_are_told_where_they_are() -> None:
    olds: wire.Props = {
        "environment": {"variables": {"KEEP": "1", "CHANGE": "1", "DROP": "1", "a.b": "1"}},
        "layers": ["one", "two"],
        "description": "old",
    }
    news: wire.Props = {
        "environment": {"variables": {"KEEP": "1", "CHANGE": "2", "ADD": "1", "a.b": "2"}},
        "layers": ["one"],
        "kmsKeyArn": "arn",
    }

    found = function(olds, news)

    assert found.changes == {
        "description": Change.DELETE,
        "environment.variables.ADD": Change.ADD,
        "environment.variables.CHANGE": Change.UPDATE,
        "environment.variables.DROP": Change.DELETE,
        'environment.variables["a.b"]': Change.UPDATE,
        "kmsKeyArn": Change.ADD,
        "layers[1]": Change.DELETE,
    }
    assert found.changed == {"description", "environment", "kmsKeyArn", "layers"}
    assert found.replaces == ()


def test_a_change_of_what_cannot_change_replaces() -> None:
    found = function({"region": "us-east-1", "timeout": 3}, {"region": "eu-west-1", "timeout": 4})

    assert found.replaces == ("region",)
    assert found.is_replacing("region")
    assert not found.is_replacing("timeout")


def test_a_value_that_is_not_known_yet_counts_as_a_change() -> None:
    assert function({"role": "arn"}, {"role": wire.UNKNOWN}).changes == {"role": Change.UPDATE}


@pytest.mark.parametrize("blank", [None, "", [], {}, False])
def test_a_blank_value_is_the_same_as_none(blank: wire.Json) -> None:
    assert function({"description": blank}, {}).changes == {}
    assert function({}, {"description": blank}).changes == {}


def test_a_default_is_the_same_as_none() -> None:
    assert function({}, {"timeout": 3, "reservedConcurrentExecutions": -1}).changes == {}
    assert function({}, {"timeout": 4}).changes == {"timeout": Change.UPDATE}


def test_what_aws_filled_in_stays_when_the_program_stops_giving_it() -> None:
    olds: wire.Props = {"architectures": ["arm64"], "loggingConfig": {"logFormat": "JSON", "logGroup": "/mine"}}

    assert function(olds, {"loggingConfig": {"logFormat": "JSON"}}).changes == {}
    assert function(olds, olds | {"architectures": ["x86_64"]}).changes == {"architectures[0]": Change.UPDATE}


def test_the_order_of_a_set_means_nothing() -> None:
    olds: wire.Props = {"compatibleRuntimes": ["python3.12", "python3.13"]}

    assert difference(LAYER, olds, {"compatibleRuntimes": ["python3.13", "python3.12"]}).changes == {}
    assert difference(LAYER, olds, {"compatibleRuntimes": ["python3.13"]}).replaces == ("compatibleRuntimes",)


def test_a_policy_that_is_only_written_otherwise_is_no_change() -> None:
    document = json.loads(TRUST)
    document["Statement"][0]["Action"] = ["sts:AssumeRole"]

    assert difference(ROLE, {"assumeRolePolicy": TRUST}, {"assumeRolePolicy": json.dumps(document)}).changes == {}
    document["Statement"][0]["Effect"] = "Deny"
    changed = difference(ROLE, {"assumeRolePolicy": TRUST}, {"assumeRolePolicy": json.dumps(document)})
    assert changed.changes == {"assumeRolePolicy": Change.UPDATE}


def test_archives_are_compared_by_their_content() -> None:
    assert function({"code": archive("a")}, {"code": {**archive("a"), "path": "elsewhere"}}).changes == {}
    assert function({"code": archive("a")}, {"code": archive("b")}).changes == {"code": Change.UPDATE}


def test_ignored_changes_are_passed_over_with_all_that_is_inside() -> None:
    olds: wire.Props = {"environment": {"variables": {"A": "1"}}, "layers": ["a"], "timeout": 3}
    news: wire.Props = {"environment": {"variables": {"A": "2"}}, "layers": ["b"], "timeout": 4}

    assert function(olds, news, "environment", "layers[0]").changes == {"timeout": Change.UPDATE}
    assert function(olds, news, "*").changes == {}


def test_a_given_name_must_be_free_before_the_replacement() -> None:
    olds: wire.Props = {"name": "mine", "region": "us-east-1"}
    news: wire.Props = {"name": "mine", "region": "eu-west-1"}

    assert function(olds, news).deletes_before_replace
    assert not function(olds, {**news, "__defaults": ["name"]}).deletes_before_replace
    assert not function(olds, {**news, "name": "other"}).deletes_before_replace


def test_an_attachment_is_taken_away_before_it_is_made_again() -> None:
    assert difference(ATTACHMENT, {"role": "a"}, {"role": "b"}).deletes_before_replace
