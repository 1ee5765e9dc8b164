"""The environment variables of a function."""

from pathlib import Path
from typing import Any

import pytest

from local_aws.emulator.function_environment import python_environment, reaches_network


def environment(**variables: str) -> dict[str, str]:
    config: dict[str, Any] = {"Runtime": "python3.13", "FunctionName": "name", "Environment": {"Variables": variables}}
    return python_environment(
        config,
        interpreter=Path("/venv/bin/python"),
        task="/var/task",
        layers="/opt",
        home="/home/function",
        endpoint="http://127.0.0.1:1",
    )


def test_code_comes_before_layers_on_the_path() -> None:
    assert environment()["PYTHONPATH"] == "/var/task:/opt/python/lib/python3.13/site-packages:/opt/python"


def test_a_functions_own_variables_go_first() -> None:
    found = environment(TZ="Europe/Oslo", PYTHONPATH="/var/task/vendor")

    assert "TZ" not in found
    assert found["PYTHONPATH"].startswith("/var/task/vendor:/var/task:")


def test_where_aws_is_cannot_be_changed_by_a_function() -> None:
    assert environment(AWS_ENDPOINT_URL="https://real")["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"


@pytest.mark.parametrize(
    ("name", "reaches"),
    [
        ("HTTPS_PROXY", True),
        ("no_proxy", True),
        ("PIP_INDEX_URL", True),
        ("UV_DEFAULT_INDEX", True),
        ("REQUESTS_CA_BUNDLE", True),
        ("SSL_CERT_FILE", True),
        ("AWS_SECRET_ACCESS_KEY", False),
        ("HOME", False),
        ("PYTHONPATH", False),
    ],
)
def test_only_the_way_to_a_package_index_is_handed_on(name: str, reaches: bool) -> None:
    assert reaches_network(name) is reaches
