from pathlib import Path

import pytest

from builder_lambda.contract.index_login import Login
from builder_lambda.contract.index_options import IndexOptions
from builder_lambda.errors.indexes import IndexOrderUnclear
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
    settings = IndexSettings.of({**config, name: UV, "PIP_INDEX_URL": PIP, "UV_INDEX": "https://x.example"})

    assert settings.index_url == UV
    assert "UV_DEFAULT_INDEX" not in settings.for_uv() or settings.for_uv()["UV_DEFAULT_INDEX"] == UV


def test_variables_of_pip_reach_uv(config: dict[str, str]) -> None:
    settings = IndexSettings.of({**config, "PIP_INDEX_URL": PIP, "UV_INDEX": "https://x.example"})

    assert settings.for_uv()["UV_DEFAULT_INDEX"] == PIP
    assert settings.for_uv()["UV_INDEX"] == "https://x.example"


def test_an_extra_index_of_pip_alone_is_asked_before_the_default_of_uv() -> None:
    settings = IndexSettings.of({**NO_FILE, "PIP_EXTRA_INDEX_URL": "https://x.example"})

    assert "UV_DEFAULT_INDEX" not in settings.for_uv()
    assert settings.for_uv()["UV_INDEX"] == "https://x.example"
    assert [index.url for index in settings.indexes] == ["https://x.example"]


@pytest.mark.parametrize(
    "environ",
    [
        {"PIP_INDEX_URL": PIP, "PIP_EXTRA_INDEX_URL": "https://x.example"},
        {"UV_DEFAULT_INDEX": UV, "PIP_EXTRA_INDEX_URL": "https://x.example"},
        {"UV_INDEX_URL": UV},
        {},
    ],
)
def test_an_extra_index_of_pip_beside_an_index_is_refused(environ: dict[str, str], config: dict[str, str]) -> None:
    settings = IndexSettings.of({**config, **environ})

    for ask in (settings.for_uv, lambda: settings.indexes, lambda: settings.login("https://x.example")):
        with pytest.raises(IndexOrderUnclear) as refused:
            ask()
    assert refused.value.index_url == environ.get("PIP_INDEX_URL", UV if environ else FILE)


def test_the_indexes_of_a_request_need_no_order_of_pip(config: dict[str, str]) -> None:
    options = IndexOptions.from_mapping({"extra": [{"name": "a", "url": "https://a.example/simple"}]})
    settings = IndexSettings.of(config).opened(options, lambda _index: None)

    assert [index.url for index in settings.indexes] == ["https://a.example/simple", FILE]
    assert "UV_INDEX" not in settings.for_uv()


def test_an_order_that_uv_has_replaces_the_extra_indexes_of_pip(config: dict[str, str]) -> None:
    settings = IndexSettings.of({**config, "UV_INDEX": UV})
    assert [index.url for index in settings.indexes] == [UV, FILE]


def test_configuration_file_of_pip_reaches_uv(config: dict[str, str]) -> None:
    environ = IndexSettings.of({**config, "UV_INDEX": "https://one.example https://two.example"}).for_uv()

    assert environ["UV_DEFAULT_INDEX"] == FILE
    assert environ["UV_INDEX"] == "https://one.example https://two.example"
    assert environ["SSL_CERT_FILE"] == "/ca.pem"


def test_certificates_that_are_set_are_kept(config: dict[str, str]) -> None:
    environ = {**config, "SSL_CERT_FILE": "/mine.pem", "UV_INDEX": "https://x.example"}
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
