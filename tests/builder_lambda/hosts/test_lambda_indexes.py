"""What a request may make the deployed builder send, and where to."""

import pytest

from builder_lambda.contract.index_options import IndexOptions
from builder_lambda.errors.indexes import IndexLoginNotAllowed
from builder_lambda.errors.options import InvalidOptions
from builder_lambda.hosts.lambda_ports import LambdaIndexes
from builder_lambda.indexes.settings import IndexSettings

NO_FILE = {"PIP_CONFIG_FILE": "/dev/null"}
TEAM = {"name": "team", "url": "https://team.example/simple/", "password_variable": "TEAM_PASSWORD"}
RULES = '[{"origin":"https://team.example:443","password_variable":"TEAM_PASSWORD"}]'


def indexes(**environ: str) -> LambdaIndexes:
    return LambdaIndexes(IndexSettings.of({**NO_FILE, "TEAM_PASSWORD": "made-up-secret", **environ}))


def asking(**index: object) -> IndexOptions:
    return IndexOptions.from_mapping({"default": {"name": "asked", **index}})


def test_a_login_of_the_deployment_is_used_at_its_own_index() -> None:
    indexes(INDEX_LOGINS=RULES)(asking(**TEAM))


@pytest.mark.parametrize("rules", ["", RULES])
def test_a_login_that_the_deployment_did_not_name_is_refused(rules: str) -> None:
    with pytest.raises(IndexLoginNotAllowed) as refused:
        indexes(INDEX_LOGINS=rules)(asking(url="https://collector.example/", password_variable="TEAM_PASSWORD"))
    assert refused.value.logins == ("the environment variable TEAM_PASSWORD for https://collector.example:443",)
    assert "made-up-secret" not in str(refused.value)


@pytest.mark.parametrize("url", ["http://localhost:9001/", "http://169.254.169.254/", "https://2130706433./simple/"])
def test_an_index_of_the_builders_own_machine_is_refused(url: str) -> None:
    with pytest.raises(InvalidOptions, match="leads to the builder's own machine"):
        indexes()(asking(url=url))
    with pytest.raises(InvalidOptions, match="leads to the builder's own machine"):
        indexes(UV_INDEX_URL=url)(IndexOptions())


def test_the_deployment_of_an_embedded_aws_allows_an_index_of_its_machine() -> None:
    indexes(ALLOW_INTERNAL_INDEXES="1", UV_INDEX_URL="http://127.0.0.1:8080/")(IndexOptions())
    indexes(ALLOW_INTERNAL_INDEXES="1")(asking(url="http://127.0.0.1:8080/"))
