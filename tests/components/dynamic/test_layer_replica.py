"""One version per content: published, found again, granted, announced, removed."""

import hashlib
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError
from pulumi.output import UNKNOWN

from builder_lambda.errors.archives import ArchiveAltered
from builder_lambda.errors.deployment import AwsRefused
from components.dynamic.statements import ShareWith, statements_for
from tests.components.fake_region import ARN, LAYER, FakeRegion, ProviderHere, sha256_of, statements_of
from tests.components.fakes import refusal

HOME, BUCKET = "home", "here"
SHARED = statements_for(ShareWith(accounts=["222233334444"]))
PARAMETER = f"/python-layers/shop/prod/{LAYER}"
LOST = ReadTimeoutError(endpoint_url="https://lambda.example")


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda _seconds: None)


@pytest.fixture
def region() -> FakeRegion:
    return FakeRegion()


@pytest.fixture
def provider(region: FakeRegion) -> ProviderHere:
    return ProviderHere(region)


def inputs(region: FakeRegion, content: bytes = b"one", **more: Any) -> dict[str, Any]:
    """Return the inputs for an archive of this content, which is in the bucket of the home region."""
    content_hash = hashlib.sha256(content).hexdigest()
    key = f"archives/{content_hash}.zip"
    region.objects.setdefault((HOME, key), content)
    return {
        "layer_name": LAYER,
        "runtime": "python3.13",
        "architecture": "x86_64",
        "region": "eu-west-1",
        "owner": "shop/prod",
        "home_bucket": HOME,
        "bucket": BUCKET,
        "archive_key": key,
        "content_hash": content_hash,
        "code_sha256": sha256_of(content),
        "statements": SHARED,
        "default_parameter": PARAMETER,
        "keep": True,
        **more,
    }


def deployed(provider: ProviderHere, content: bytes = b"one", **more: Any) -> dict[str, Any]:
    return provider.create(provider.check({}, inputs(provider.region, content, **more)).inputs).outs or {}


def updated(provider: ProviderHere, olds: dict[str, Any], content: bytes, **more: Any) -> dict[str, Any]:
    news = provider.check(olds, inputs(provider.region, content, **more)).inputs
    assert provider.diff("id", olds, news).changes is True
    return provider.update("id", olds, news).outs or {}


def test_a_version_is_published_granted_and_announced(provider: ProviderHere, region: FakeRegion) -> None:
    outs = deployed(provider)
    assert outs["layer_version_arn"] == f"{ARN}:1"
    assert region.versions[1]["Description"] == f"content {outs['content_hash']} of shop/prod"
    assert region.objects[BUCKET, outs["archive_key"]] == b"one"
    assert statements_of(region, 1) == ["account-222233334444"]
    assert region.parameters[PARAMETER]["Value"] == f"{ARN}:1"
    assert region.parameters[PARAMETER]["Tags"] == [{"Key": "python-layers:owner", "Value": "shop/prod"}]


def test_the_home_region_needs_no_copy(provider: ProviderHere, region: FakeRegion) -> None:
    deployed(provider, bucket=HOME)
    assert "copy" not in region.calls


def test_nothing_is_changed_without_a_change(provider: ProviderHere, region: FakeRegion) -> None:
    outs = deployed(provider)
    region.calls.clear()
    news = provider.check(outs, inputs(region)).inputs
    assert provider.diff("id", outs, news).changes is False
    assert region.calls == []


def test_an_older_content_gets_its_version_back(provider: ProviderHere, region: FakeRegion) -> None:
    one = deployed(provider, b"one")
    two = updated(provider, one, b"two")
    back = updated(provider, two, b"one")
    assert [outs["layer_version_arn"] for outs in (one, two, back)] == [f"{ARN}:1", f"{ARN}:2", f"{ARN}:1"]
    assert sorted(region.versions) == [1, 2]
    assert region.parameters[PARAMETER]["Value"] == f"{ARN}:1"


def test_a_version_that_is_not_kept_goes_after_the_new_one_is_announced(
    provider: ProviderHere, region: FakeRegion
) -> None:
    one = deployed(provider, b"one", keep=False)
    region.calls.clear()
    updated(provider, one, b"two", keep=False)
    assert sorted(region.versions) == [2]
    assert region.calls.index("announce") < region.calls.index("delete")


def test_a_lost_state_publishes_nothing(provider: ProviderHere, region: FakeRegion) -> None:
    first = deployed(provider)
    assert deployed(provider)["layer_version_arn"] == first["layer_version_arn"]
    assert region.calls.count("publish") == 1


@pytest.mark.parametrize(
    "error",
    [
        LOST,
        ConnectTimeoutError(endpoint_url="https://lambda.example"),
        refusal("PublishLayerVersion", "ServiceException", 500),
        refusal("PublishLayerVersion", "TooManyRequestsException", 429),
    ],
    ids=["lost", "no connection", "server error", "throttled"],
)
@pytest.mark.parametrize("worked", [True, False], ids=["worked", "did not work"])
def test_a_publication_without_an_answer_is_looked_for(
    provider: ProviderHere, region: FakeRegion, error: Exception, worked: bool
) -> None:
    region.fail("publish", error, worked=worked)
    assert deployed(provider)["layer_version_arn"] == f"{ARN}:1"
    assert sorted(region.versions) == [1]


def test_an_answer_that_is_always_lost_doubles_nothing(provider: ProviderHere, region: FakeRegion) -> None:
    region.fail("publish", LOST, times=9, worked=True)
    assert deployed(provider)["layer_version_arn"] == f"{ARN}:1"
    assert sorted(region.versions) == [1]


def test_a_region_that_is_down_is_told_in_words_of_aws(provider: ProviderHere, region: FakeRegion) -> None:
    down = ConnectTimeoutError(endpoint_url="https://lambda.example")
    region.fail("list", down, times=99)
    with pytest.raises(AwsRefused) as raised:
        deployed(provider)
    assert raised.value.region == "eu-west-1"
    assert "Connect timeout on endpoint URL" in raised.value.detail


@pytest.mark.parametrize(
    ("call", "worked"), [("announce", True), ("announce", False), ("publish", True), ("copy", False)]
)
def test_an_update_that_fails_half_way_converges(
    provider: ProviderHere, region: FakeRegion, call: str, worked: bool
) -> None:
    one = deployed(provider, b"one", keep=False)
    region.fail(call, refusal("Call", "AccessDeniedException", 403), worked=worked)
    with pytest.raises(AwsRefused):
        updated(provider, one, b"two", keep=False)
    outs = updated(provider, one, b"two", keep=False)
    assert [version["LayerVersionArn"] for version in region.versions.values()] == [outs["layer_version_arn"]]
    assert region.parameters[PARAMETER]["Value"] == outs["layer_version_arn"]
    assert region.calls.count("publish") <= 3


def test_a_copy_with_other_bytes_is_replaced(provider: ProviderHere, region: FakeRegion) -> None:
    region.objects[BUCKET, inputs(region)["archive_key"]] = b"other"
    assert deployed(provider)["layer_version_arn"] == f"{ARN}:2"
    assert sorted(region.versions) == [2]


def test_an_altered_archive_is_not_shared_and_its_versions_go(provider: ProviderHere, region: FakeRegion) -> None:
    given = inputs(region)
    region.objects[HOME, given["archive_key"]] = b"other"
    with pytest.raises(ArchiveAltered, match=f"s3://{HOME}/"):
        deployed(provider)
    assert region.versions == {}
    assert region.parameters == {}


def test_a_version_of_another_tool_is_taken_only_with_these_very_bytes(
    provider: ProviderHere, region: FakeRegion
) -> None:
    given = inputs(region)
    region.objects[HOME, "forged"] = b"forged"
    for key in ("forged", given["archive_key"]):
        region.publish_layer_version(
            LayerName=LAYER,
            Description=f"content {given['content_hash']}",
            Content={"S3Bucket": HOME, "S3Key": key},
            CompatibleRuntimes=["python3.13"],
            CompatibleArchitectures=["x86_64"],
        )
    assert deployed(provider)["layer_version_arn"] == f"{ARN}:2"


def test_grants_follow_the_program_on_the_same_version(provider: ProviderHere, region: FakeRegion) -> None:
    outs = deployed(provider)
    other = statements_for(ShareWith(accounts=["333344445555"]))
    assert updated(provider, outs, b"one", statements=other)["layer_version_arn"] == f"{ARN}:1"
    assert statements_of(region, 1) == ["account-333344445555"]


def test_drift_of_grants_and_parameter_is_shown_and_repaired(provider: ProviderHere, region: FakeRegion) -> None:
    outs = deployed(provider)
    region.policies[1].statements.clear()
    region.parameters[PARAMETER]["Value"] = "arn:elsewhere"
    read = provider.read("id", outs).outs or {}
    assert (read["statements"], read["announced"]) == ({}, "arn:elsewhere")
    repaired = updated(provider, read, b"one")
    assert statements_of(region, 1) == ["account-222233334444"]
    assert region.parameters[PARAMETER]["Value"] == repaired["announced"] == f"{ARN}:1"


def test_a_deleted_parameter_is_written_again(provider: ProviderHere, region: FakeRegion) -> None:
    outs = deployed(provider)
    region.parameters.clear()
    updated(provider, provider.read("id", outs).outs or {}, b"one")
    assert region.parameters[PARAMETER]["Value"] == f"{ARN}:1"


def test_a_deleted_version_counts_as_deleted(provider: ProviderHere, region: FakeRegion) -> None:
    outs = deployed(provider)
    region.delete_layer_version(LayerName=LAYER, VersionNumber=1)
    assert provider.read("id", outs).id is None


@pytest.mark.parametrize(("keep", "left"), [(True, [1]), (False, [])])
def test_destroy_keeps_what_is_kept_and_says_so(
    provider: ProviderHere, region: FakeRegion, capsys: pytest.CaptureFixture[str], keep: bool, left: list[int]
) -> None:
    outs = deployed(provider, keep=keep)
    provider.delete("id", outs)
    assert sorted(region.versions) == left
    assert region.parameters == {}
    assert capsys.readouterr().out == (f"kept with its grants: {ARN}:1\n" if keep else "")


def test_destroy_with_kept_versions_and_up_again_publishes_nothing(provider: ProviderHere, region: FakeRegion) -> None:
    provider.delete("id", deployed(provider))
    assert deployed(provider)["layer_version_arn"] == f"{ARN}:1"
    assert region.calls.count("publish") == 1


def test_a_layer_of_another_stack_is_refused_in_the_preview(provider: ProviderHere, region: FakeRegion) -> None:
    deployed(provider)
    other = inputs(region, b"two", owner="other/prod", default_parameter="/python-layers/other/prod/x")
    (failure,) = provider.check({}, other).failures
    assert f"name-taken: the layer '{LAYER}' in eu-west-1 belongs to the stack shop/prod" in failure.reason


def test_a_parameter_of_something_else_is_refused_in_the_preview(provider: ProviderHere, region: FakeRegion) -> None:
    region.put_parameter(Name=PARAMETER, Value="x")
    (failure,) = provider.check({}, inputs(region)).failures
    assert f"the parameter '{PARAMETER}' in eu-west-1 belongs to something else" in failure.reason


def test_a_preview_does_not_fail_because_a_region_is_down(provider: ProviderHere, region: FakeRegion) -> None:
    region.fail("list", ConnectTimeoutError(endpoint_url="https://lambda.example"))
    assert provider.check({}, inputs(region)).failures == []


def test_a_content_that_is_not_known_yet_is_a_change(provider: ProviderHere, region: FakeRegion) -> None:
    outs = deployed(provider)
    for changed in ({"content_hash": UNKNOWN}, {"content_hash": None}):
        news = {key: value for key, value in {**inputs(region), **changed}.items() if value is not None}
        assert provider.check(outs, news).failures == []
        assert provider.diff("id", outs, {**news, "parameter": PARAMETER}).changes is True


def test_a_parameter_keeps_its_default_name(provider: ProviderHere, region: FakeRegion) -> None:
    outs = deployed(provider)
    renamed = provider.check(outs, inputs(region, default_parameter="/python-layers/shop/renamed/web")).inputs
    assert renamed["parameter"] == PARAMETER


def test_a_parameter_can_be_renamed_and_back(provider: ProviderHere, region: FakeRegion) -> None:
    outs = deployed(provider)
    chosen = updated(provider, outs, b"one", chosen_parameter="/teams/web")
    assert {name: each["Value"] for name, each in region.parameters.items()} == {"/teams/web": f"{ARN}:1"}
    updated(provider, chosen, b"one")
    assert {name: each["Value"] for name, each in region.parameters.items()} == {PARAMETER: f"{ARN}:1"}


def test_another_layer_or_region_is_another_replica(provider: ProviderHere, region: FakeRegion) -> None:
    outs = deployed(provider)
    for key in ("layer_name", "region"):
        assert provider.diff("id", outs, {**outs, key: "other"}).replaces == [key]
