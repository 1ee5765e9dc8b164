"""Every way to fail ends in one clear message, leaves what is published, and the next good ``up`` converges."""

import io
import json
import os
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.index_server import served, silent, write_index, write_wheel
from tests.e2e.stack import Outcome, Stack

pytestmark = [pytest.mark.e2e, pytest.mark.index]

REGIONS = ["us-east-1", "eu-west-1"]
GOOD: dict[str, Any] = {"layers": {"web": {"requirements": ["idna==3.9"]}}}


@pytest.fixture(scope="module")
def deployed(stack: Stack) -> Iterator[Stack]:
    stack.up(**GOOD)
    yield stack
    stack.destroy()
    assert stack.leftovers(*REGIONS) == []


@pytest.fixture(autouse=True)
def published_versions_stay(deployed: Stack) -> Iterator[None]:
    before = versions(deployed)
    assert len(before) == len(REGIONS)
    yield
    assert versions(deployed) == before


def versions(stack: Stack) -> list[str]:
    return [
        layer["LatestMatchingVersion"]["LayerVersionArn"]
        for region in REGIONS
        for layer in stack.client("lambda", region).list_layers()["Layers"]
    ]


LOCAL_INDEX = {"ALLOW_INTERNAL_INDEXES": "1"}
"""Lets a function of the embedded AWS ask an index of this machine."""


def requiring(*requirements: str, **config: Any) -> dict[str, Any]:
    return {"layers": {"web": {"requirements": list(requirements)}}, **config}


def builder(**settings: Any) -> dict[str, Any]:
    return {"builder": {"memory_mb": 1024, "timeout_seconds": 120, **settings}}


def refused(outcome: Outcome, code: str) -> str:
    message = outcome.messages
    assert outcome.status != 0, message
    assert f"{code}: " in message
    assert "likely cause: " in message
    assert "what to do: " in message
    if code != "builder-crashed":  # there, the builder's own last words are what helps
        assert "Traceback" not in message, message
    return message


@pytest.mark.parametrize(
    ("config", "code", "parts"),
    [
        (requiring("idna=>3", "ok", "=="), "invalid-requirements", ["layers.web.requirements:1", "requirements:3"]),
        (
            requiring("idna", runtimes=["python2.7"], architectures=["riscv"], regions=["eu-west-11"]),
            "invalid-settings",
            [
                "'python2.7' is not a supported runtime",
                "'riscv' is not a supported architecture",
                "did you mean eu-west-1?",
            ],
        ),
        (requiring("idna", share_with={"accounts": ["12"]}), "invalid-settings", ["'12' is not an account id"]),
        (requiring("idna-of-nobody-at-all"), "unknown-package", ["'idna-of-nobody-at-all'"]),
        (requiring("boto3==1.34.0", "botocore==1.31.0"), "unresolvable-requirements", ["Because", "botocore"]),
        (requiring("pyspark==3.5.1"), "no-compatible-wheel", ["'pyspark'"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_problem_of_the_input(deployed: Stack, config: dict[str, Any], code: str, parts: list[str]) -> None:
    message = refused(deployed.try_up(**config), code)
    for part in parts:
        assert part in message


def test_a_layer_over_the_limit_of_lambda(deployed: Stack, tmp_path: Path) -> None:
    wheel = write_wheel(tmp_path, "heavy", "1.0", {"heavy/data.bin": bytes(263_000_000), "heavy/__init__.py": b""})
    write_index(tmp_path, {"heavy": wheel})
    with served(tmp_path) as url:
        outcome = deployed.try_up(**requiring("heavy"), **builder(environment={**LOCAL_INDEX, "UV_INDEX_URL": url}))
    message = refused(outcome, "layer-too-large")
    assert "262,144,000" in message
    assert "heavy" in message


def test_an_index_that_cannot_be_reached(deployed: Stack) -> None:
    environment = {**LOCAL_INDEX, "UV_INDEX_URL": "http://127.0.0.1:9/simple", "UV_HTTP_RETRIES": "0"}
    refused(deployed.try_up(**requiring("six"), **builder(environment=environment)), "index-unreachable")


def test_an_index_of_the_builders_own_machine(deployed: Stack) -> None:
    environment = {"UV_INDEX_URL": "http://127.0.0.1:9001/simple"}
    message = refused(deployed.try_up(**requiring("six"), **builder(environment=environment)), "invalid-options")
    assert "leads to the builder's own machine" in message


def test_a_login_that_the_deployed_builder_may_not_use(deployed: Stack) -> None:
    deployed.up(**GOOD, **builder())
    functions = deployed.client("lambda")
    (name,) = [function["FunctionName"] for function in functions.list_functions()["Functions"]]
    index = {
        "default": {"name": "x", "url": "https://collector.example.invalid/", "password_variable": "ARCHIVE_BUCKET"}
    }
    request = {"requirements": ["six"], "target": {"runtime": "python3.13", "architecture": "x86_64"}, "index": index}
    reply = json.load(functions.invoke(FunctionName=name, Payload=json.dumps({"resolve": request}))["Payload"])
    assert reply["error"]["code"] == "index-login-not-allowed"


def test_a_builder_over_its_time(deployed: Stack) -> None:
    with silent() as url:
        outcome = deployed.try_up(
            **requiring("six"), **builder(timeout_seconds=3, environment={**LOCAL_INDEX, "UV_INDEX_URL": url})
        )
    assert "3 seconds" in refused(outcome, "builder-timed-out")


def test_a_builder_over_its_memory(deployed: Stack, tmp_path: Path) -> None:
    wheel = write_wheel(tmp_path, "noise", "1.0", {"noise/__init__.py": b"", "noise/data.bin": os.urandom(150_000_000)})
    write_index(tmp_path, {"noise": wheel})
    with served(tmp_path) as url:
        outcome = deployed.try_up(
            **requiring("noise"), **builder(memory_mb=128, environment={**LOCAL_INDEX, "UV_INDEX_URL": url})
        )
    assert "128 MB" in refused(outcome, "builder-out-of-memory")


def test_a_builder_that_crashes_is_told_with_its_last_words(deployed: Stack) -> None:
    deployed.up(**GOOD, **builder())
    functions = deployed.client("lambda")
    (name,) = [function["FunctionName"] for function in functions.list_functions()["Functions"]]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as code:
        code.writestr("builder_lambda/__init__.py", "")
        code.writestr("builder_lambda/hosts/__init__.py", "")
        code.writestr(
            "builder_lambda/hosts/handler.py", "def handler(event, context):\n    raise KeyError('no such thing')\n"
        )
    functions.update_function_code(FunctionName=name, ZipFile=archive.getvalue())
    message = refused(deployed.try_up(**requiring("six"), **builder()), "builder-crashed")
    assert "KeyError: 'no such thing'" in message
    assert 'File "/var/task/builder_lambda/hosts/handler.py", line 2, in handler' in message
    functions.delete_function(FunctionName=name)
    assert {step for step, _urn in deployed.up("--refresh", **GOOD, **builder()).steps} == {"create"}


def test_a_builder_that_is_not_permitted_and_mended_by_a_refresh(deployed: Stack) -> None:
    deployed.up(**GOOD, **builder())
    roles = deployed.client("iam")
    (role,) = [found["RoleName"] for found in roles.list_roles()["Roles"]]
    (policy,) = roles.list_role_policies(RoleName=role)["PolicyNames"]
    roles.delete_role_policy(RoleName=role, PolicyName=policy)
    began = time.monotonic()
    message = refused(deployed.try_up(**requiring("six"), **builder()), "builder-not-permitted")
    assert time.monotonic() - began < 55, "a builder that worked before is not waited for"
    assert "s3:" in message
    outcome = deployed.up("--refresh", **GOOD, **builder())
    assert set(outcome.changed) == {"create builder-role-permissions"}


def test_a_builder_that_was_deleted_is_named_and_comes_back(deployed: Stack) -> None:
    deployed.up(**GOOD, **builder())
    functions = deployed.client("lambda")
    (name,) = [function["FunctionName"] for function in functions.list_functions()["Functions"]]
    functions.delete_function(FunctionName=name)
    assert name in refused(deployed.try_up(**requiring("six"), **builder()), "builder-missing")
    outcome = deployed.up("--refresh", **GOOD, **builder())
    assert {step for step, _urn in outcome.steps} == {"create"}


def test_after_all_of_that_good_input_changes_nothing(deployed: Stack) -> None:
    deployed.up(**GOOD, **builder())
    assert deployed.up(**GOOD, **builder()).steps == ()
