"""What is particular about single types, against the embedded AWS."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from local_aws.provider import wire
from tests.local_aws.provider import bucket_samples, samples
from tests.local_aws.provider import sample as sample_parts
from tests.local_aws.provider.conftest import ACCOUNT, configuration
from tests.local_aws.provider.engine import Engine, Failed, served, unique

if TYPE_CHECKING:
    from tests.local_aws.provider.conftest import Aws

pytestmark = pytest.mark.e2e

BUCKET = "aws:s3/bucket:Bucket"
LAYER = "aws:lambda/layerVersion:LayerVersion"
ROLE = "aws:iam/role:Role"
COPY = "aws:s3/objectCopy:ObjectCopy"


def test_the_caller_is_the_account_of_the_keys(live: Engine) -> None:
    found = live.invoke("aws:index/getCallerIdentity:getCallerIdentity")

    assert found["accountId"] == ACCOUNT
    assert found["arn"] == f"arn:aws:iam::{ACCOUNT}:root"


def test_an_account_that_is_not_allowed_is_refused(emulator: str) -> None:
    with served() as engine:
        engine.configure({**configuration(emulator), "allowedAccountIds": [ACCOUNT]})
        with pytest.raises(Failed, match=f"AWS account ID not allowed: {ACCOUNT}"):
            engine.configure({**configuration(emulator), "forbiddenAccountIds": [ACCOUNT]})


def test_default_tags_are_on_the_thing_and_in_all_tags_only(emulator: str, aws: Aws) -> None:
    with served() as engine:
        engine.configure({**configuration(emulator), "defaultTags": {"tags": {"owner": "us", "team": "none"}}})
        made = engine.create(BUCKET, "thing", {"bucket": unique("tagged"), "tags": {"team": "layers"}})
        engine.refresh(made)

        assert made.outputs["tags"] == {"team": "layers"}
        assert made.outputs["tagsAll"] == {"owner": "us", "team": "layers"}
        assert not engine.diff(made, {"bucket": made.id, "tags": {"team": "layers"}}).changes


def test_a_bucket_with_objects_is_only_destroyed_by_force(live: Engine, aws: Aws) -> None:
    made = live.create(BUCKET, "thing", {"bucket": unique("full")})
    aws.s3().put_bucket_versioning(Bucket=made.id, VersioningConfiguration={"Status": "Enabled"})
    for body in (b"1", b"2"):
        aws.s3().put_object(Bucket=made.id, Key="key", Body=body)
    aws.s3().delete_object(Bucket=made.id, Key="key")

    with pytest.raises(Failed, match=rf"deleting S3 Bucket \({made.id}\): BucketNotEmpty: "):
        live.delete(made)
    live.update(made, {"bucket": made.id, "forceDestroy": True})
    live.delete(made)
    live.refresh(made)

    assert made.is_gone


def test_a_bucket_of_another_region_is_made_and_imported_there(live: Engine, aws: Aws) -> None:
    made = live.create(BUCKET, "thing", {"bucket": unique("far"), "region": "eu-west-1"})

    assert aws.s3().get_bucket_location(Bucket=made.id)["LocationConstraint"] == "eu-west-1"
    assert made.outputs["bucketRegion"] == "eu-west-1"
    found = live.import_(BUCKET, "thing", f"{made.id}@eu-west-1")
    assert found.id == made.id
    assert found.inputs == {"bucket": made.id, "region": "eu-west-1"}


def test_a_bucket_with_a_prefix_keeps_the_name_that_it_got(live: Engine) -> None:
    prefix = unique("prefix") + "-"
    made = live.create(BUCKET, "thing", {"bucketPrefix": prefix})

    assert made.id.startswith(prefix)
    live.refresh(made)
    assert not live.diff(made, {"bucketPrefix": prefix}).changes
    live.update(made, {"bucketPrefix": prefix, "tags": {"a": "1"}})
    assert made.outputs["bucket"] == made.id


def test_an_object_that_is_replaced_by_a_copy_under_its_own_key_is_removed_with_the_old_one(
    live: Engine, aws: Aws
) -> None:
    # the engine creates before it deletes, and both are the same key: the real plugin does no better
    sample = bucket_samples.object_copy(aws)
    old = live.create(COPY, "thing", sample.program)
    new = live.create(COPY, "thing", sample.program | sample.change)

    live.delete(old)
    live.refresh(new)

    assert new.is_gone


def test_a_copy_has_the_bytes_of_its_source_in_the_other_region(live: Engine, aws: Aws) -> None:
    sample = bucket_samples.object_copy(aws)
    made = live.create(COPY, "thing", sample.program)

    found = aws.s3("eu-west-1").get_object(Bucket=wire.text(sample.program, "bucket"), Key="copy.zip")

    assert found["Body"].read() == b"one.zip"
    assert made.outputs["etag"] == found["ETag"].strip('"')


def test_a_copy_of_what_is_not_there_fails_in_the_words_of_the_real_plugin(live: Engine, aws: Aws) -> None:
    sample = bucket_samples.object_copy(aws)
    bucket = wire.text(sample.program, "bucket")

    with pytest.raises(Failed) as failure:
        live.create(COPY, "thing", {**sample.program, "source": f"{bucket}/nothing"})

    assert str(failure.value).startswith(
        f"copying {bucket}/nothing to S3 Bucket ({bucket}) Object (copy.zip): NoSuchKey: "
    )
    assert failure.value.kept is None


def test_a_role_is_destroyed_with_its_policies_only_by_force(live: Engine, aws: Aws) -> None:
    program: wire.Props = {"name": unique("forced"), "assumeRolePolicy": sample_parts.TRUST}
    made = live.create(ROLE, "thing", program)
    aws.iam().put_role_policy(RoleName=made.id, PolicyName="p", PolicyDocument=sample_parts.policy("s3:GetObject"))
    aws.iam().attach_role_policy(RoleName=made.id, PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")

    with pytest.raises(Failed, match=rf"deleting IAM Role \({made.id}\): DeleteConflict: "):
        live.delete(made)
    live.update(made, {**program, "forceDetachPolicies": True})
    live.delete(made)
    live.refresh(made)

    assert made.is_gone


def test_a_layer_version_that_is_to_stay_stays(live: Engine, aws: Aws) -> None:
    program: wire.Props = {"layerName": unique("kept"), "code": sample_parts.archive("a"), "skipDestroy": True}
    made = live.create(LAYER, "thing", program)

    live.delete(made)
    live.refresh(made)

    assert not made.is_gone
    assert made.outputs["version"] == "1"
    assert made.outputs["layerArn"] == made.id.removesuffix(":1")
    assert made.outputs["sourceCodeHash"] == sample_parts.archive("a")["hash"]


def test_a_layer_from_a_bucket_of_another_region_is_refused(live: Engine, aws: Aws) -> None:
    bucket = sample_parts.a_bucket(aws)
    aws.s3().put_object(Bucket=bucket, Key="k", Body=sample_parts.zipped("python/m.py", ""))
    name = unique("far-layer")

    with pytest.raises(Failed, match=rf"publishing Lambda Layer \({name}\) Version: InvalidParameterValueException: "):
        live.create(LAYER, "thing", {"layerName": name, "s3Bucket": bucket, "s3Key": "k", "region": "eu-west-1"})


def test_a_function_runs_the_code_that_the_program_gave_and_then_the_next(live: Engine, aws: Aws) -> None:
    sample = samples.function(aws)
    made = live.create(sample.token, "thing", sample.program)

    def answer() -> object:
        return json.loads(aws.functions().invoke(FunctionName=made.id)["Payload"].read())

    assert answer() == "one"
    live.update(made, {**sample.program, "code": sample_parts.archive("two")})
    assert answer() == "two"


def test_a_function_whose_name_is_taken_is_refused(live: Engine, aws: Aws) -> None:
    sample = samples.function(aws)
    made = live.create(sample.token, "thing", sample.program)

    with pytest.raises(
        Failed, match=rf"creating Lambda Function \({made.id}\): ResourceConflictException: "
    ) as failure:
        live.create(sample.token, "other", sample.program)

    assert failure.value.kept is None


def test_publishing_makes_a_version_with_every_change(live: Engine, aws: Aws) -> None:
    sample = samples.function(aws)
    program = {**sample.program, "publish": True}
    made = live.create(sample.token, "thing", program)
    assert made.outputs["version"] == "1"

    planned = live.update(made, {**program, "timeout": 9}, preview=True)
    live.update(made, {**program, "timeout": 9})

    assert planned["version"] == wire.UNKNOWN
    assert made.outputs["version"] == "2"
    assert made.outputs["qualifiedArn"] == f"{made.outputs['arn']}:2"


def test_reserved_concurrency_comes_and_goes(live: Engine, aws: Aws) -> None:
    sample = samples.function(aws)
    made = live.create(sample.token, "thing", {**sample.program, "reservedConcurrentExecutions": 3})
    assert aws.functions().get_function_concurrency(FunctionName=made.id)["ReservedConcurrentExecutions"] == 3

    live.update(made, sample.program)

    assert made.outputs["reservedConcurrentExecutions"] == -1
    assert "ReservedConcurrentExecutions" not in aws.functions().get_function_concurrency(FunctionName=made.id)


def test_two_permissions_on_one_version_drift_as_with_the_real_plugin(live: Engine, aws: Aws) -> None:
    sample = samples.layer_version_permission(aws)
    live.create(sample.token, "one", sample.program)
    second = {**sample.program, "statementId": "second", "principal": "777788889999"}
    made = live.create(sample.token, "two", second)

    live.refresh(made)

    assert live.diff(made, second).replaces == ("principal", "statementId")


def test_a_parameter_that_is_there_is_only_overwritten_when_told_to(live: Engine, aws: Aws) -> None:
    sample = samples.parameter(aws)
    name = wire.text(sample.program, "name")
    aws.ssm().put_parameter(Name=name, Value="before", Type="String")

    with pytest.raises(Failed, match=rf"creating SSM Parameter \({name}\): ParameterAlreadyExists: "):
        live.create(sample.token, "thing", sample.program)
    made = live.create(sample.token, "thing", {**sample.program, "overwrite": True})

    assert made.outputs["version"] == 2
    assert made.outputs["tags"] == {"a": "1"}
