import pytest

from builder_lambda.contract.index_options import IndexOptions
from builder_lambda.contract.login_rules import LoginRules
from builder_lambda.errors.indexes import IndexLoginNotAllowed
from builder_lambda.errors.options import InvalidOptions

ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:pypi/team-AbCdEf"
TEAM = {"name": "team", "url": "https://team.example/simple/", "secret_arn": ARN}
TOKEN = {"name": "token", "url": "https://token.example:8443/", "password_variable": "TOKEN", "username_variable": "ME"}
ARTIFACT = {
    "name": "aws",
    "codeartifact": {"domain": "acme", "owner": "111122223333", "repository": "python", "region": "eu-west-1"},
}
OPEN = {"name": "open", "url": "https://open.example/simple/"}
PROGRAM = IndexOptions.from_mapping({"default": OPEN, "extra": [TEAM, TOKEN, ARTIFACT]})


def asking(**index: object) -> IndexOptions:
    return IndexOptions.from_mapping({"default": {"name": "asked", **index}})


def deployed(options: IndexOptions = PROGRAM) -> LoginRules:
    return LoginRules.parse(LoginRules.of(options).text)


def test_the_logins_of_the_program_are_allowed_at_their_origins() -> None:
    deployed().check(PROGRAM)
    deployed().check(asking(url="https://TEAM.example:443/other/path/", secret_arn=ARN))
    deployed().check(asking(**OPEN))


@pytest.mark.parametrize(
    "index",
    [
        {**TEAM, "url": "https://collector.example/simple/"},
        {**TEAM, "url": "https://team.example:444/simple/"},
        {**TEAM, "url": "https://team.example.collector.example/simple/"},
        {**TEAM, "secret_arn": ARN.replace("team", "other")},
        {**TEAM, "secret_arn": ARN.removesuffix("-AbCdEf")},
        {**TOKEN, "url": "https://team.example/simple/"},
        {**TOKEN, "password_variable": "OTHER"},
        {**TOKEN, "username_variable": "OTHER"},
        {"url": TOKEN["url"], "password_variable": "TOKEN"},
        {"url": TEAM["url"], "netrc": True},
        {"codeartifact": {**ARTIFACT["codeartifact"], "domain": "other"}},  # type: ignore[dict-item]  # it is a mapping
    ],
)
def test_any_other_login_is_refused(index: dict[str, object]) -> None:
    with pytest.raises(IndexLoginNotAllowed):
        deployed().check(asking(**index))


def test_without_a_login_in_the_program_none_is_allowed() -> None:
    assert LoginRules.of(IndexOptions.from_mapping({"default": OPEN})).text == ""
    for index in (TEAM, TOKEN, ARTIFACT):
        with pytest.raises(IndexLoginNotAllowed):
            LoginRules.parse("").check(asking(**index))


def test_all_refused_logins_are_reported_with_what_to_add() -> None:
    with pytest.raises(IndexLoginNotAllowed) as refused:
        LoginRules.parse("").check(PROGRAM)
    assert refused.value.logins == (
        f"the secret {ARN} for https://team.example:443",
        "the environment variables ME and TOKEN for https://token.example:8443",
        "the CodeArtifact domain 'acme' of account 111122223333 in eu-west-1 for "
        "https://acme-111122223333.d.codeartifact.eu-west-1.amazonaws.com:443",
    )
    assert "add the index with its login to `index` of the LayerBuilder" in str(refused.value)


@pytest.mark.parametrize("text", ["{", "1", '["a"]', '[["a"]]', "[[[1]]]", "[" * 100_000])
def test_rules_of_another_form_allow_nothing(text: str) -> None:
    with pytest.raises(InvalidOptions, match="INDEX_LOGINS"):
        LoginRules.parse(text)


@pytest.mark.parametrize("variable", ["AWS_SECRET_ACCESS_KEY", "aws_session_token", "AWS_ANYTHING"])
def test_a_variable_of_aws_is_no_login(variable: str) -> None:
    for login in ({"password_variable": variable}, {"password_variable": "TOKEN", "username_variable": variable}):
        with pytest.raises(InvalidOptions, match="variables of AWS hold credentials"):
            asking(url="https://team.example/", **login)
