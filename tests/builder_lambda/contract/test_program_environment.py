from typing import get_args

import pytest

from builder_lambda.contract.program_environment import Program, environment_for, may_hold_login

CREDENTIALS = (
    *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_LAMBDA_FUNCTION_NAME"),
    *("AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_WEB_IDENTITY_TOKEN_FILE", "aws_secret_access_key"),
    *("GITHUB_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "PULUMI_ACCESS_TOKEN", "PULUMI_CONFIG_PASSPHRASE"),
    *("TEAM_PASSWORD", "DOCKER_PASSWORD", "TWINE_PASSWORD", "UV_PUBLISH_TOKEN", "UV_PUBLISH_PASSWORD", "MY_UV_INDEX"),
    *("INDEX_LOGINS", "ARCHIVE_BUCKET", "SOURCE_BUILDER", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "DATABASE_URL"),
    *("PYTHONPATH", "PYTHONSTARTUP", "LD_PRELOAD", "STORAGE_ACCOUNT_KEY", "MISE_GITHUB_TOKEN"),
)
PROGRAMS: tuple[Program, ...] = get_args(Program)
ALLOWED: dict[str, set[Program]] = {
    "LD_LIBRARY_PATH": {*PROGRAMS},
    "PATH": {"engine", "tool", "uv", "version-manager"},
    "HOME": {"engine", "tool", "uv", "version-manager"},
    "LC_ALL": {"engine", "tool", "uv", "version-manager"},
    "TMPDIR": {"engine", "tool", "uv", "version-manager"},
    "XDG_RUNTIME_DIR": {"engine", "tool", "uv", "version-manager"},
    "HTTPS_PROXY": {"engine", "uv", "uv-of-builds"},
    "no_proxy": {"engine", "uv", "uv-of-builds"},
    "SSL_CERT_FILE": {"engine", "uv"},
    "NETRC": {"uv"},
    "UV_INDEX_URL": {"uv"},
    "UV_INDEX_TEAM_PASSWORD": {"uv"},
    "UV_HTTP_RETRIES": {"uv"},
    "DOCKER_HOST": {"engine"},
    "PYENV_ROOT": {"version-manager"},
}


@pytest.mark.parametrize("program", PROGRAMS)
def test_no_program_gets_a_variable_of_aws_or_a_login_of_another_tool(program: Program) -> None:
    assert environment_for(program, dict.fromkeys(CREDENTIALS, "made-up-secret")) == {}


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_gets_the_variables_that_it_needs(program: Program) -> None:
    needed = {name for name, programs in ALLOWED.items() if program in programs}
    assert environment_for(program, {name: f"value of {name}" for name in ALLOWED}) == {
        name: f"value of {name}" for name in needed
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("UV_INDEX_TEAM_PASSWORD", "x"),
        ("UV_INDEX_TEAM_USERNAME", "x"),
        ("github_token", "x"),
        ("CLIENT_SECRET", "x"),
        ("NETRC", "/home/user/netrc"),
        ("UV_INDEX", "https://team:word@index.example/simple"),
        ("UV_INDEX", "a=https://a.example/simple https://b@b.example/simple"),
        ("PIP_INDEX_URL", "https://index.example/simple?sig=x"),
    ],
)
def test_a_variable_that_may_hold_a_login_is_known(name: str, value: str) -> None:
    assert may_hold_login(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("UV_INDEX", "https://index.example/simple"),
        ("UV_HTTP_TIMEOUT", "60"),
        ("HTTPS_PROXY", "http://proxy.example:3128"),
        ("MAIL", "a@b.example"),
    ],
)
def test_other_variables_hold_none(name: str, value: str) -> None:
    assert not may_hold_login(name, value)
