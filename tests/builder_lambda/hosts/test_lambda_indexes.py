"""What a request may make the deployed builder send, and where to."""

from typing import Any

import pytest

from builder_lambda import Target
from builder_lambda.contract.index_options import IndexOptions
from builder_lambda.errors.indexes import IndexLoginNotAllowed
from builder_lambda.errors.options import InvalidOptions
from builder_lambda.errors.requirements import InvalidRequirements
from builder_lambda.hosts.lambda_ports import LambdaIndexes
from builder_lambda.indexes.settings import IndexSettings
from tests.builder_lambda.fakes import query

TARGET = Target.parse("python3.13", "x86_64")
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


def told(host: str, *addresses: str) -> Any:
    """Return ``getaddrinfo`` for one made-up host."""

    def getaddrinfo(asked: str, *_more: object, **_named: object) -> Any:
        assert asked == host
        return [(None, None, None, "", (address, 0)) for address in addresses]

    return getaddrinfo


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "::1", "fe80::1%eth0", "fd00:ec2::254"])
def test_a_requirement_or_index_whose_name_leads_inside_is_not_asked(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.getaddrinfo", told("inside.example", "93.184.216.34", address))
    line = f"demo @ https://inside.example/demo-1.0-py3-none-any.whl#sha256={'1' * 64}"
    for options, requirement in ((IndexOptions(), line), (asking(url="https://inside.example/simple/"), "demo")):
        with pytest.raises(InvalidRequirements, match="leads to the builder's own machine"):
            indexes(UV_NO_INDEX="1")(options).resolver.resolve(query(requirement, target=TARGET))


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1:9001/x.whl", "https://[::ffff:7f00:1]/x.whl", "https://0x7f.1/x.whl"]
)
def test_a_requirement_at_an_address_of_the_machine_is_not_asked(url: str) -> None:
    line = f"demo @ {url.replace('x.whl', 'demo-1.0-py3-none-any.whl')}#sha256={'1' * 64}"
    with pytest.raises(InvalidRequirements, match="leads to the builder's own machine"):
        indexes()(IndexOptions()).resolver.resolve(query(line, target=TARGET))
