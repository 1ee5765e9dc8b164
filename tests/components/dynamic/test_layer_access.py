from typing import Any

import pytest
from pulumi.output import UNKNOWN

from components.dynamic.layer_access import LayerAccessProvider
from components.dynamic.statements import ShareWith, statements_for
from components.dynamic.version_policy import VersionPolicy
from tests.components.fakes import FakeLayerPolicies

ARN = "arn:aws:lambda:eu-west-1:111122223333:layer:web-python313-x86_64:3"
SHARED = statements_for(ShareWith(accounts=["222233334444"], organization="o-a1b2c3d4e5"))
INPUTS: dict[str, Any] = {
    "layer_version_arn": ARN,
    "statements": SHARED,
    "built_code_sha256": "same",
    "published_code_sha256": "same",
    "keep": False,
}


class Provider(LayerAccessProvider):
    """The provider with a layer version in memory."""

    def __init__(self) -> None:
        self.version = FakeLayerPolicies(ARN)

    def policy(self, layer_version_arn: str) -> VersionPolicy:
        assert layer_version_arn == ARN
        return VersionPolicy(self.version, layer_version_arn)


def statements(provider: Provider) -> Any:
    return (provider.read(ARN, dict(INPUTS)).outs or {})["statements"]


def test_all_principals_are_granted_as_a_unit() -> None:
    provider = Provider()
    created = provider.create(dict(INPUTS))
    assert created.id == ARN
    found = provider.policy(ARN).read()
    assert found is not None
    assert found.statements == SHARED


def test_only_different_statements_are_written() -> None:
    provider = Provider()
    provider.create(dict(INPUTS))
    provider.version.calls.clear()
    other = statements_for(ShareWith(accounts=["333344445555"], organization="o-a1b2c3d4e5"))
    provider.update(ARN, dict(INPUTS), {**INPUTS, "statements": other})
    assert provider.version.calls == ["-account-222233334444", "+account-333344445555"]


def test_a_grant_removed_by_others_is_shown_and_restored() -> None:
    provider = Provider()
    provider.create(dict(INPUTS))
    provider.version.remove_layer_version_permission(StatementId="account-222233334444")
    found = provider.read(ARN, dict(INPUTS))
    outs = found.outs or {}
    assert list(outs["statements"]) == ["organization-o-a1b2c3d4e5"]
    assert found.inputs == outs
    assert provider.diff(ARN, outs, dict(INPUTS)).changes is True
    provider.update(ARN, outs, dict(INPUTS))
    assert set(provider.version.statements) == set(SHARED)


def test_a_grant_added_by_others_is_removed() -> None:
    provider = Provider()
    provider.version.add_layer_version_permission(StatementId="public", Action="lambda:GetLayerVersion", Principal="*")
    assert statements(provider) == {"public": {"principal": "*"}}
    provider.update(ARN, {}, dict(INPUTS))
    assert set(provider.version.statements) == set(SHARED)


def test_a_version_without_a_policy_exists() -> None:
    assert statements(Provider()) == {}


def test_a_deleted_version_is_read_as_deleted() -> None:
    provider = Provider()
    provider.version.exists = False
    assert provider.read(ARN, dict(INPUTS)).id is None


def test_another_version_is_another_resource() -> None:
    difference = Provider().diff(ARN, dict(INPUTS), {**INPUTS, "layer_version_arn": UNKNOWN})
    assert (difference.changes, difference.replaces) == (True, ["layer_version_arn"])


def test_the_same_access_is_no_change() -> None:
    assert Provider().diff(ARN, dict(INPUTS), dict(INPUTS)).changes is False


def test_altered_bytes_are_not_shared() -> None:
    (failure,) = Provider().check({}, {**INPUTS, "published_code_sha256": "other"}).failures
    assert failure.reason == (
        f"archive-altered: {ARN} has the sha256 other, but the builder made same\n"
        "  likely cause: the archive was overwritten in the bucket between build and publication\n"
        "  what to do: find out who may write to the archive bucket, then run `pulumi up --refresh`; nothing was shared"
    )


@pytest.mark.parametrize("key", ["built_code_sha256", "published_code_sha256"])
def test_unknown_bytes_in_a_preview_are_no_error(key: str) -> None:
    assert Provider().check({}, {**INPUTS, key: UNKNOWN}).failures == []


def test_deletion_removes_the_grants() -> None:
    provider = Provider()
    provider.create(dict(INPUTS))
    provider.delete(ARN, dict(INPUTS))
    assert provider.version.statements == {}


def test_a_kept_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    provider = Provider()
    provider.create(dict(INPUTS))
    provider.delete(ARN, {**INPUTS, "keep": True})
    assert set(provider.version.statements) == set(SHARED)
    assert capsys.readouterr().out == f"kept with its grants: {ARN}\n"
