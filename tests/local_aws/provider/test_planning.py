"""What a preview tells of outputs."""

from local_aws.provider import wire
from local_aws.provider.planning import planned_creation, planned_update
from local_aws.provider.resource_types import HANDLERS

FUNCTION = HANDLERS["aws:lambda/function:Function"].traits
BUCKET = HANDLERS["aws:s3/bucket:Bucket"].traits
LAYER = HANDLERS["aws:lambda/layerVersion:LayerVersion"].traits


def unknown(planned: wire.Props) -> set[str]:
    return {name for name, value in planned.items() if value == wire.UNKNOWN}


def test_a_new_function_knows_its_inputs_and_not_its_arn() -> None:
    inputs: wire.Props = {"name": "f", "role": "r", "loggingConfig": {"logFormat": "JSON"}, "__defaults": ["name"]}

    planned = planned_creation(FUNCTION, inputs, {})

    assert planned["name"] == "f"
    assert planned["loggingConfig"] == {"logFormat": "JSON", "logGroup": wire.UNKNOWN}
    assert planned["tagsAll"] == {}
    assert "__defaults" not in planned
    assert {"arn", "invokeArn", "qualifiedArn", "version", "architectures", "ephemeralStorage"} <= unknown(planned)
    assert inputs["loggingConfig"] == {"logFormat": "JSON"}


def test_a_new_bucket_knows_its_name() -> None:
    planned = planned_creation(BUCKET, {"bucket": "b-1234567", "tags": {"a": "1"}}, {"owner": "us", "a": "0"})

    assert planned["bucket"] == "b-1234567"
    assert planned["tagsAll"] == {"owner": "us", "a": "1"}
    assert {"arn", "bucketRegionalDomainName", "versioning"} <= unknown(planned)


def test_a_name_with_a_prefix_is_made_up_by_the_deployment() -> None:
    assert planned_creation(BUCKET, {"bucketPrefix": "b-"}, {})["bucket"] == wire.UNKNOWN


def test_tags_that_are_not_known_make_all_tags_unknown() -> None:
    assert planned_creation(BUCKET, {"bucket": "b", "tags": wire.UNKNOWN}, {})["tagsAll"] == wire.UNKNOWN


def test_a_new_layer_version_is_unknown() -> None:
    planned = planned_creation(LAYER, {"layerName": "l", "s3Bucket": "b", "s3Key": "k"}, {})

    assert {"arn", "layerArn", "version", "codeSha256", "sourceCodeHash"} <= unknown(planned)


def test_an_update_keeps_what_it_does_not_touch() -> None:
    olds: wire.Props = {"name": "f", "arn": "arn", "version": "1", "timeout": 3, "description": "old", "tagsAll": {}}

    planned = planned_update(FUNCTION, olds, {"name": "f", "timeout": 4}, {"version"}, {})

    assert planned["arn"] == "arn"
    assert planned["timeout"] == 4
    assert planned["version"] == wire.UNKNOWN
    assert "description" not in planned


def test_publishing_makes_a_new_version_known_only_afterwards() -> None:
    function = HANDLERS["aws:lambda/function:Function"]

    assert function.recomputed({"code"}, {"publish": False}) == {"lastModified"}
    assert function.recomputed({"timeout"}, {"publish": False}) == set()
    assert function.recomputed({"timeout"}, {"publish": True}) == {"qualifiedArn", "qualifiedInvokeArn", "version"}
