import json
from typing import Any

import pulumi
import pytest
from pulumi.runtime import MockResourceArgs

from components import CircleCiProject, DeployRole, DeployRoleArgs, GitHubRepository
from tests.conftest import COMPUTED, RecordingEngine

ACCOUNT = "111122223333"
PROVIDER = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"


@pytest.fixture(autouse=True)
def provider_of_the_account(monkeypatch: pytest.MonkeyPatch) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:oidc-provider/made"
    monkeypatch.setitem(COMPUTED, PROVIDER, lambda _made: {"arn": arn})


def made_by(engine: RecordingEngine, **args: Any) -> dict[str, MockResourceArgs]:
    given = {"account": ACCOUNT, "stack": "prod", "ci": GitHubRepository(repository="acme/layers"), **args}
    return engine.deploy(lambda: DeployRole("ci", DeployRoleArgs(**given)))


def test_a_provider_and_a_role_for_each_kind_of_job_are_deployed(engine: RecordingEngine) -> None:
    made = made_by(engine)
    assert made["ci-provider"].inputs["url"] == "https://token.actions.githubusercontent.com"
    assert made["ci-provider"].inputs["clientIdLists"] == ["sts.amazonaws.com"]
    for role, subject in (("ci-deploy", "ref:refs/heads/main"), ("ci-preview", "pull_request")):
        assert made[role].typ == "aws:iam/role:Role"
        trust = json.loads(made[role].inputs["assumeRolePolicy"])
        assert trust["Statement"][0]["Principal"] == {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/made"}
        assert f"repo:acme/layers:{subject}" in made[role].inputs["assumeRolePolicy"]
    assert "lambda:PublishLayerVersion" in made["ci-deploy-deploy"].inputs["policy"]
    assert "lambda:PublishLayerVersion" not in made["ci-preview-preview"].inputs["policy"]
    assert not any(name.endswith("-state") for name in made)


def test_a_provider_that_the_account_has_is_used(engine: RecordingEngine) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
    made = made_by(engine, ci=GitHubRepository(repository="acme/layers", provider_arn=arn))
    assert not any(resource.typ == PROVIDER for resource in made.values())
    assert arn in made["ci-deploy"].inputs["assumeRolePolicy"]


def test_one_role_may_write_the_state_and_the_other_may_read_it(engine: RecordingEngine) -> None:
    made = made_by(engine, state_bucket="acme-state")
    assert "s3:PutObject" in made["ci-deploy-state"].inputs["policy"]
    assert "s3:PutObject" not in made["ci-preview-state"].inputs["policy"]
    assert "arn:aws:s3:::acme-state/.pulumi/*" in made["ci-preview-state"].inputs["policy"]


def test_circleci_has_a_provider_per_organization(engine: RecordingEngine) -> None:
    organization, project = "0a1b2c3d-0000-4000-8000-000000000001", "0a1b2c3d-0000-4000-8000-000000000002"
    circleci = CircleCiProject(organization_id=organization, project_id=project, repository="github.com/acme/layers")
    made = made_by(engine, ci=circleci)
    assert made["ci-provider"].inputs["url"] == f"https://oidc.circleci.com/org/{organization}"
    assert made["ci-provider"].inputs["clientIdLists"] == [organization]


def test_all_values_that_would_widen_a_policy_are_refused_together(engine: RecordingEngine) -> None:
    with pytest.raises(pulumi.RunError) as refusal:
        made_by(engine, account="1", builder="*", ci=GitHubRepository(repository="acme/*"))
    assert str(refusal.value) == (
        "invalid-options: 3 options of the build cannot be used\n"
        "    account: '1' must be 12 digits, as text\n"
        "    builder: '*' must be the name of the LayerBuilder\n"
        "    ci.repository: 'acme/*' must be owner/name, or owner@id/name@id\n"
        "  likely cause: a spelling error, or an option of another version\n"
        "  what to do: correct the options above"
    )


def test_more_names_than_a_policy_holds_are_refused(engine: RecordingEngine) -> None:
    with pytest.raises(pulumi.RunError, match=r"a role may have 10,240: name layers by a common beginning"):
        made_by(engine, layers=[f"{'long-' * 15}{number}" for number in range(60)])
