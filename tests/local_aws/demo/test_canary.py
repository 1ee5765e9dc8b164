"""Canaries on a running embedded AWS."""

from typing import Any

import pytest

from local_aws.demo.canary import run_canary
from local_aws.environments.interpreters import machine_architecture
from local_aws.processes.emulator_process import Emulator

pytestmark = pytest.mark.e2e


def distribution(name: str, source: str) -> dict[str, str]:
    info = f"python/{name}-1.0.dist-info"
    return {
        f"python/{name}/__init__.py": source,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/RECORD": f"{name}/__init__.py,,\n{name}-1.0.dist-info/METADATA,,\n{name}-1.0.dist-info/RECORD,,\n",
    }


def test_a_layer_whose_distributions_all_import_passes(account: Any, emulator: Emulator) -> None:
    arn = account.layer("works", {**distribution("first", ""), **distribution("second", "import first")})

    result = run_canary(emulator, arn, runtime=emulator.runtimes[-1], architecture=machine_architecture())

    assert (result.status, str(result)) == ("passed", "imports 2 of 2")
    assert [(check.name, check.version, check.modules) for check in result.checks] == [
        ("first", "1.0", ("first",)),
        ("second", "1.0", ("second",)),
    ]


def test_a_layer_that_lacks_something_fails_and_names_it(account: Any, emulator: Emulator) -> None:
    arn = account.layer("lacks", {**distribution("whole", ""), **distribution("torn", "import left_out")})

    result = run_canary(emulator, arn, runtime=emulator.runtimes[-1], architecture=machine_architecture())

    assert result.status == "failed"
    assert str(result) == "torn 1.0: import torn: ModuleNotFoundError: No module named 'left_out'"


def test_a_layer_without_distributions_fails(account: Any, emulator: Emulator) -> None:
    arn = account.layer("empty", {"python/data.txt": ""})

    result = run_canary(emulator, arn, runtime=emulator.runtimes[-1], architecture=machine_architecture())

    assert (result.status, str(result)) == ("failed", "the layer has no distribution")


def test_nothing_is_left_of_a_canary(account: Any, emulator: Emulator) -> None:
    arn = account.layer("traceless", distribution("trace", ""))

    run_canary(emulator, arn, runtime=emulator.runtimes[-1], architecture=machine_architecture())

    functions = account.client("lambda").list_functions()["Functions"]
    roles = account.client("iam").list_roles()["Roles"]
    assert not [one for one in functions if one["FunctionName"].startswith("canary-")]
    assert not [one for one in roles if one["RoleName"].startswith("canary-")]


def test_what_this_machine_cannot_run_is_said_to_be_not_run(emulator: Emulator) -> None:
    arn = "arn:aws:lambda:eu-west-1:000000000000:layer:any:1"
    other = "arm64" if machine_architecture() == "x86_64" else "x86_64"

    foreign = run_canary(emulator, arn, runtime=emulator.runtimes[-1], architecture=other)
    missing = run_canary(emulator, arn, runtime="python3.8", architecture=machine_architecture())

    assert str(foreign) == f"not run: this machine is {machine_architecture()}"
    assert str(missing) == "not run: this machine has no python3.8"
