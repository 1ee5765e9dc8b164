"""The example program, with the package installed from its built wheel, deployed as a consumer would."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local_aws.pulumi_engine.pulumi_program import LocalPulumi
from tests.e2e.stack import ROOT, Stack

pytestmark = [pytest.mark.e2e, pytest.mark.index]

UV = (sys.executable, "-m", "uv")


def run(*command: str, cwd: Path) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(*UV, "build", "--wheel", "--python", sys.executable, "--out-dir", str(folder), str(ROOT), cwd=folder)
    (built,) = folder.glob("python_layers-*.whl")
    return built


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("consumer") / "program"
    shutil.copytree(ROOT / "examples" / "consumer", folder, ignore=shutil.ignore_patterns(".venv", "__pycache__"))
    run(*UV, "venv", "--python", sys.executable, ".venv", cwd=folder)
    run(*UV, "pip", "install", "--python", ".venv/bin/python", f"python-layers[pulumi] @ {wheel.as_uri()}", cwd=folder)
    return folder


def test_a_program_of_its_own_gives_a_function_its_layer(pulumi: LocalPulumi, program: Path, runtime: str) -> None:
    stack = Stack(
        pulumi=pulumi,
        program=program,
        name="consumer",
        account="777766665555",
        config={"consumer:runtime": runtime},
    )
    stack.up()
    outputs = json.loads(stack.say("stack", "output", "--json"))
    assert outputs["layer"][f"{runtime}-x86_64"]["packages"]["requests"] == "2.32.3"

    answer = stack.client("lambda", "eu-west-1").invoke(FunctionName=outputs["function"])
    assert json.loads(answer["Payload"].read()) == {
        "requests": "2.32.3",
        "from": "/opt/python/requests/__init__.py",
    }
    assert stack.up().steps == ()

    # The state names the module of the wheel, whatever the program's own folders are called.
    state = json.loads(stack.say("stack", "export"))["deployment"]["resources"]
    providers = {r["inputs"]["__provider"] for r in state if r["type"].startswith("pulumi-python:dynamic/layers")}
    assert len(providers) == 2
    stack.destroy()


def test_the_wheel_holds_the_package_under_both_names_and_no_tests(wheel: Path, tmp_path: Path) -> None:
    from zipfile import ZipFile

    with ZipFile(wheel) as archive:
        names = archive.namelist()
    tops = {name.split("/")[0] for name in names}
    packages = {"python_layers", "builder_lambda", "layer_cli", "layer_deployment"}
    assert {top for top in tops if not top.endswith(".dist-info")} == packages
    assert "python_layers/py.typed" in names
    assert "builder_lambda/requirements.txt" in names
