"""What a refresh makes of the inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_aws.provider.observed import observed_inputs
from local_aws.provider.resource_types import HANDLERS
from tests.local_aws.provider.sample import TRUST, archive

if TYPE_CHECKING:
    from local_aws.provider import wire

FUNCTION = HANDLERS["aws:lambda/function:Function"].traits
LAYER = HANDLERS["aws:lambda/layerVersion:LayerVersion"].traits
ROLE = HANDLERS["aws:iam/role:Role"].traits
LIFECYCLE = HANDLERS["aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"].traits


def test_inputs_that_are_as_they_were_stay() -> None:
    inputs: wire.Props = {"name": "f", "timeout": 3, "code": archive("a"), "__defaults": ["timeout"]}

    assert observed_inputs(FUNCTION, inputs, {"name": "f", "timeout": 3, "arn": "arn"}) == inputs


def test_a_changed_value_is_told() -> None:
    assert observed_inputs(FUNCTION, {"timeout": 3}, {"timeout": 9}) == {"timeout": 9}


def test_a_value_that_was_taken_away_is_gone() -> None:
    assert observed_inputs(FUNCTION, {"kmsKeyArn": "arn"}, {"kmsKeyArn": None}) == {}


def test_what_was_added_behind_our_back_is_told() -> None:
    observed = observed_inputs(FUNCTION, {"name": "f"}, {"name": "f", "description": "x", "tags": {"a": "1"}})

    assert observed == {"name": "f", "description": "x", "tags": {"a": "1"}}


def test_what_aws_fills_in_is_not() -> None:
    state: wire.Props = {"name": "f", "architectures": ["x86_64"], "memorySize": 128, "description": ""}

    assert observed_inputs(FUNCTION, {"name": "f"}, state) == {"name": "f"}


def test_nested_objects_keep_the_shape_of_the_program() -> None:
    inputs: wire.Props = {"loggingConfig": {"logFormat": "JSON"}}

    same = observed_inputs(FUNCTION, inputs, {"loggingConfig": {"logFormat": "JSON", "logGroup": "/aws/lambda/f"}})
    drifted = observed_inputs(FUNCTION, inputs, {"loggingConfig": {"logFormat": "Text", "logGroup": "/aws/lambda/f"}})

    assert same == inputs
    assert drifted == {"loggingConfig": {"logFormat": "Text"}}


def test_lists_of_objects_are_told_item_by_item() -> None:
    rule: wire.Props = {"id": "a", "status": "Enabled"}
    found: wire.Props = {"id": "a", "status": "Disabled", "filter": {"prefix": ""}, "expiration": {"days": 1}}

    observed = observed_inputs(LIFECYCLE, {"bucket": "b", "rules": [rule]}, {"bucket": "b", "rules": [found]})

    assert observed["rules"] == [{"id": "a", "status": "Disabled", "expiration": {"days": 1}}]
    longer = observed_inputs(LIFECYCLE, {"bucket": "b", "rules": [rule]}, {"bucket": "b", "rules": [found, found]})
    assert longer["rules"] == [{"id": "a", "status": "Disabled", "expiration": {"days": 1}}] * 2


def test_the_programs_own_wording_stays_where_it_means_the_same() -> None:
    role: wire.Props = {"assumeRolePolicy": TRUST}
    layer: wire.Props = {"compatibleRuntimes": ["python3.13", "python3.12"]}

    assert observed_inputs(ROLE, role, {"assumeRolePolicy": TRUST.replace(" ", "")}) == role
    assert observed_inputs(LAYER, layer, {"compatibleRuntimes": ["python3.12", "python3.13"]}) == layer


def test_an_import_takes_all_that_a_program_could_give() -> None:
    state: wire.Props = {"name": "f", "arn": "arn", "architectures": ["arm64"], "timeout": 3, "description": ""}

    assert observed_inputs(FUNCTION, {}, state) == {"name": "f", "architectures": ["arm64"]}
