"""Logins from AWS are tried with botocore's own Stubber, which checks every call against the service's model."""

import traceback
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from builder_lambda.contract.index_login import (
    CodeArtifact,
    EnvironmentLogin,
    Login,
    LoginReference,
    NetrcLogin,
    SecretLogin,
    parse_secret,
)
from builder_lambda.contract.package_index import PackageIndex
from builder_lambda.errors.base import LayerError
from builder_lambda.errors.builder_function import BuilderNotPermitted
from builder_lambda.errors.indexes import IndexCredentialsMissing
from builder_lambda.indexes.logins import OnceLogin, RuntimeLogins, netrc_login

ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:pypi/team-AbCdEf"
ARTIFACT = CodeArtifact(domain="acme", owner="111122223333", repository="python", region="eu-central-1")
PASSWORD = "Tr0ub4dor:&3"


def index(login: LoginReference | None) -> PackageIndex:
    return PackageIndex(name="team", url="https://team.example/simple/", login=login)


def stubbed(service: str, region: str) -> tuple[Any, Stubber]:
    client = boto3.client(service, region_name=region, aws_access_key_id="a", aws_secret_access_key="b")  # type: ignore[call-overload]  # its stubs are not installed
    return client, Stubber(client)


class Aws:
    """Gives out one stubbed client, and notes what was asked for."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.asked: list[tuple[str, str]] = []

    def __call__(self, service: str, region: str) -> Any:
        self.asked.append((service, region))
        return self.client


def of_secret(reply: dict[str, object] | None = None, error: str = "") -> Login | None:
    client, stub = stubbed("secretsmanager", "eu-west-1")
    if error:
        stub.add_client_error("get_secret_value", error, "as AWS says", 400, expected_params={"SecretId": ARN})
    else:
        stub.add_response("get_secret_value", {"ARN": ARN, **(reply or {})}, {"SecretId": ARN})
    aws = Aws(client)
    with stub:
        try:
            return RuntimeLogins(environ={}, client=aws).login(index(SecretLogin(arn=ARN)))
        finally:
            assert aws.asked == [("secretsmanager", "eu-west-1")], "the region is that of the secret"


@pytest.mark.parametrize(
    ("text", "login"),
    [
        ("me:p:w", Login(username="me", password="p:w")),
        (" token-1\n", Login(username="__token__", password="token-1")),
        ('{"username": "me", "password": "p"}', Login(username="me", password="p")),
        ('{"token": "t"}', Login(username="__token__", password="t")),
        ('{"username": "me", "token": "t"}', Login(username="me", password="t")),
    ],
)
def test_every_form_of_a_secret_is_read(text: str, login: Login) -> None:
    assert of_secret({"SecretString": text}) == login


@pytest.mark.parametrize(
    "text", [" ", ":x", "x:", "{", '{"password": "Tr0ub4dor"}', '["Tr0ub4dor"', '{"a": "Tr0ub4dor"']
)
def test_other_forms_are_refused_without_quoting_them(text: str) -> None:
    if text == '["Tr0ub4dor"':
        assert parse_secret(text).username == "__token__", "only an object is read as JSON"
        return
    with pytest.raises(IndexCredentialsMissing) as caught:
        of_secret({"SecretString": text})
    chain: BaseException | None = caught.value
    while chain is not None:
        assert "Tr0ub4dor" not in repr(vars(chain)) + str(chain), "nor is it in what the error was made from"
        chain = chain.__context__
    assert "Tr0ub4dor" not in "".join(traceback.format_exception(caught.value))


def test_a_binary_secret_is_refused() -> None:
    with pytest.raises(IndexCredentialsMissing, match="it is binary, and must be text"):
        of_secret({"SecretBinary": b"x"})


def test_a_missing_secret_is_explained() -> None:
    with pytest.raises(IndexCredentialsMissing) as caught:
        of_secret(error="ResourceNotFoundException")
    assert str(caught.value) == (
        "index-credentials-missing: there is no login for the package index 'team'\n"
        f"    the secret {ARN}: An error occurred (ResourceNotFoundException) when calling the GetSecretValue "
        "operation: as AWS says\n"
        "  likely cause: the secret, variable or netrc entry does not exist, was renamed, or is malformed\n"
        "  what to do: put the login where the index options refer to, or correct the reference"
    )


def test_a_secret_that_may_not_be_read_names_the_action() -> None:
    with pytest.raises(BuilderNotPermitted) as caught:
        of_secret(error="AccessDeniedException")
    assert caught.value.action == "secretsmanager:GetSecretValue"
    assert ARN in caught.value.detail


def test_codeartifact_gives_a_token_to_the_role() -> None:
    client, stub = stubbed("codeartifact", "eu-central-1")
    asked = {"domain": "acme", "domainOwner": "111122223333", "durationSeconds": 3600}
    stub.add_response("get_authorization_token", {"authorizationToken": PASSWORD}, asked)
    aws = Aws(client)
    with stub:
        login = RuntimeLogins(environ={}, client=aws).login(PackageIndex(name="aws", login=ARTIFACT))
    assert login == Login(username="aws", password=PASSWORD)
    assert aws.asked == [("codeartifact", "eu-central-1")]


def test_a_denial_by_codeartifact_names_the_action() -> None:
    client, stub = stubbed("codeartifact", "eu-central-1")
    stub.add_client_error("get_authorization_token", "AccessDeniedException", "no", 403)
    with stub, pytest.raises(BuilderNotPermitted) as caught:
        RuntimeLogins(environ={}, client=Aws(client)).login(PackageIndex(name="aws", login=ARTIFACT))
    assert caught.value.action == "codeartifact:GetAuthorizationToken"


def test_variables_hold_a_login_or_a_token() -> None:
    logins = RuntimeLogins(environ={"U": "me", "P": PASSWORD})
    both = EnvironmentLogin(username_variable="U", password_variable="P")
    assert logins.login(index(both)) == Login(username="me", password=PASSWORD)
    assert logins.login(index(EnvironmentLogin(password_variable="P"))) == Login(
        username="__token__", password=PASSWORD
    )


def test_variables_that_are_not_set_are_named() -> None:
    with pytest.raises(IndexCredentialsMissing) as caught:
        RuntimeLogins(environ={"P": ""}).login(index(EnvironmentLogin(username_variable="U", password_variable="P")))
    assert caught.value.detail == "the environment variables U and P: U and P are not set"


def test_netrc_file_is_read_for_the_host(tmp_path: Path) -> None:
    file = tmp_path / "netrc"
    file.write_text("machine team.example login me password secret\n")
    file.chmod(0o600)
    logins = RuntimeLogins(environ={}, netrc_file=str(file))
    assert logins.login(index(NetrcLogin())) == Login(username="me", password="secret")
    with pytest.raises(IndexCredentialsMissing, match=r"with an entry for other\.example"):
        logins.login(PackageIndex(name="b", url="https://other.example/", login=NetrcLogin()))


def test_an_index_without_login_needs_none() -> None:
    assert RuntimeLogins(environ={}).login(index(None)) is None


def test_a_login_is_looked_up_once_and_again_after_a_failure() -> None:
    answers: list[Login | LayerError] = [
        IndexCredentialsMissing(index="a", detail="b"),
        Login(username="u", password="p"),
    ]

    def look_up() -> Login:
        answer = answers.pop(0)
        if isinstance(answer, LayerError):
            raise answer
        return answer

    once = OnceLogin(look_up)
    with pytest.raises(IndexCredentialsMissing):
        once()
    assert once() == once() == Login(username="u", password="p")


def test_a_login_does_not_show_its_password() -> None:
    assert PASSWORD not in repr(Login(username="me", password=PASSWORD))


@pytest.mark.parametrize(
    ("entry", "url", "is_sent"),
    [
        ("machine one.example", "https://one.example/simple/", True),
        ("machine localhost", "http://localhost:9/simple/", True),
        ("machine one.example", "http://one.example/simple/", False),
        ("machine one.example", "https://two.example/simple/", False),
        ("default", "https://one.example/simple/", False),
        ("machine default", "https://one.example/simple/", False),
        ("default", "https://default/simple/", False),
    ],
)
def test_a_netrc_login_goes_to_its_own_host_and_not_over_plain_http(
    tmp_path: Path, entry: str, url: str, is_sent: bool
) -> None:
    file = tmp_path / "netrc"
    file.write_text(f"{entry} login me password secret\n")
    assert (netrc_login(str(file), url) is not None) == is_sent
