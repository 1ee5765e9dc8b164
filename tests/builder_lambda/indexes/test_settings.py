from pathlib import Path

import pytest

from builder_lambda.contract.index_login import Login
from builder_lambda.errors.options import InvalidOptions
from builder_lambda.indexes.settings import IndexSettings

UV, PIP, FILE = "https://uv.example/simple", "https://pip.example/simple", "https://file.example/simple"
NO_FILE = {"PIP_CONFIG_FILE": "/dev/null"}


@pytest.fixture
def config(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "pip.conf").write_text(
        f"[global]\nindex-url = {FILE}\ncert = /ca.pem\n"
        "extra-index-url =\n  https://one.example\n  https://two.example\n"
    )
    return {"PIP_CONFIG_FILE": str(tmp_path / "pip.conf")}


def test_tools_without_configuration_use_their_own_default() -> None:
    settings = IndexSettings.of(NO_FILE)
    assert settings.index_url is None
    assert settings.for_uv() == {}


@pytest.mark.parametrize("name", ["UV_DEFAULT_INDEX", "UV_INDEX_URL"])
def test_variables_of_uv_take_precedence_over_those_of_pip(name: str, config: dict[str, str]) -> None:
    settings = IndexSettings.of({**config, name: UV, "PIP_INDEX_URL": PIP})

    assert settings.index_url == UV
    assert "UV_DEFAULT_INDEX" not in settings.for_uv() or settings.for_uv()["UV_DEFAULT_INDEX"] == UV


def test_variables_of_pip_reach_uv(config: dict[str, str]) -> None:
    settings = IndexSettings.of({**config, "PIP_INDEX_URL": PIP, "PIP_EXTRA_INDEX_URL": "https://x.example"})

    assert settings.for_uv()["UV_DEFAULT_INDEX"] == PIP
    assert settings.for_uv()["UV_INDEX"] == "https://x.example"


def test_configuration_file_of_pip_reaches_uv(config: dict[str, str]) -> None:
    environ = IndexSettings.of(config).for_uv()

    assert environ["UV_DEFAULT_INDEX"] == FILE
    assert environ["UV_INDEX"] == "https://one.example https://two.example"
    assert environ["SSL_CERT_FILE"] == "/ca.pem"


def test_certificates_that_are_set_are_kept(config: dict[str, str]) -> None:
    environ = {**config, "SSL_CERT_FILE": "/mine.pem"}
    assert IndexSettings.of(environ).certificates == "/mine.pem"
    assert IndexSettings.of(environ).for_uv()["SSL_CERT_FILE"] == "/mine.pem"


def test_a_login_belongs_to_its_origin_and_is_decoded() -> None:
    settings = IndexSettings.of(
        {**NO_FILE, "UV_INDEX_URL": "https://a:b%40c@one.example/simple", "UV_INDEX": "mine=https://d@two.example/"}
    )
    assert settings.login("https://one.example/files/a.whl") == Login(username="a", password="b@c")
    assert settings.login("https://two.example/") == Login(username="d", password="")
    assert settings.login("https://three.example/") is None


def test_login_is_found_in_the_netrc_file(tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("machine one.example login me password secret\n")
    (tmp_path / ".netrc").chmod(0o600)
    settings = IndexSettings.of({**NO_FILE, "HOME": str(tmp_path)})

    assert settings.login("https://one.example/") == Login(username="me", password="secret")
    assert settings.login("https://two.example/") is None


def test_settings_do_not_show_the_environment() -> None:
    assert "hidden" not in repr(IndexSettings.of({**NO_FILE, "TOKEN": "hidden"}))


@pytest.mark.parametrize(
    "name", ["UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS", "PIP_INDEX_URL"]
)
def test_an_address_of_the_machine_with_a_variable_is_refused(name: str) -> None:
    with pytest.raises(InvalidOptions, match=r"holds '\$\{'") as refused:
        IndexSettings.of({**NO_FILE, name: "https://collector.example/${AWS_SECRET_ACCESS_KEY}/simple"})
    assert "collector" not in str(refused.value)


def test_the_configuration_file_of_pip_with_a_variable_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pip.conf").write_text("[global]\nindex-url = https://${TOKEN}@file.example/simple\n")
    with pytest.raises(InvalidOptions, match=r"index-url of pip: it holds '\$\{'"):
        IndexSettings.of({"PIP_CONFIG_FILE": str(tmp_path / "pip.conf")})
