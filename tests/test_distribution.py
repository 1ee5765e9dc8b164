"""Checks the distribution: its dependencies are pinned and tested here, and its base is light."""

import json
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from builder_lambda.contract.index_login import SecretLogin
from builder_lambda.contract.package_index import PackageIndex
from builder_lambda.errors.aws_sdk import AwsSdkMissing
from builder_lambda.indexes.logins import RuntimeLogins
from layer_cli.doctor.aws import AwsQuestion, find_aws
from layer_deployment.scope import DeployScope

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
UV = (sys.executable, "-m", "uv")
OF_AWS_AND_PULUMI = ("boto3", "botocore", "grpc", "pulumi", "pulumi_aws", "tenacity")
MOST_MIB_OF_BASE = 60
"""In site-packages. The program uv, beside Python, is as large again."""


def pins() -> dict[str, str]:
    lines = re.sub(r"#.*", "", (ROOT / "requirements.txt").read_text()).split()
    return {canonicalize_name(name): version for name, version in (line.split("==") for line in lines)}


def test_every_dependency_is_pinned_within_its_range_and_nothing_else_is() -> None:
    declared = [*PROJECT["dependencies"], *(line for lines in EXTRAS.values() for line in lines)]
    dependencies = [(canonicalize_name(requirement.name), requirement) for requirement in map(Requirement, declared)]
    assert {name for name, _ in dependencies} == set(pins())
    for name, requirement in dependencies:
        assert requirement.specifier.contains(pins()[name]), name


def test_the_base_needs_neither_pulumi_nor_the_aws_sdk() -> None:
    base = {canonicalize_name(Requirement(line).name) for line in PROJECT["dependencies"]}
    assert not base & {"boto3", "pulumi", "pulumi-aws"}
    assert set(EXTRAS["aws"]) < set(EXTRAS["pulumi"])


def test_pulumi_does_not_take_the_distribution_for_a_plugin() -> None:
    assert not PROJECT["name"].startswith("pulumi-")


@dataclass(frozen=True, kw_only=True)
class Installed:
    """A virtual environment with the built wheel."""

    folder: Path

    @property
    def size_mib(self) -> int:
        (packages,) = self.folder.glob("lib/python*/site-packages")
        return int(run("du", "-sm", str(packages)).stdout.split()[0])

    def python(self, program: str) -> "subprocess.CompletedProcess[str]":
        command = (str(self.folder / "bin" / "python"), "-c", program)
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)

    def has(self, module: str) -> bool:
        program = f"import importlib.util as u; print(u.find_spec({module!r}) is not None)"
        return self.python(program).stdout == "True\n"


def run(*command: str) -> "subprocess.CompletedProcess[str]":
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(*UV, "build", "--quiet", "--wheel", "--python", sys.executable, "--out-dir", str(folder), str(ROOT))
    (built,) = folder.glob("python_layers-*.whl")
    return built


def installed(wheel: Path, folder: Path, extra: str = "") -> Installed:
    run(*UV, "venv", "--quiet", "--python", sys.executable, str(folder))
    python = str(folder / "bin" / "python")
    run(*UV, "pip", "install", "--quiet", "--python", python, f"python-layers{extra} @ {wheel.as_uri()}")
    return Installed(folder=folder)


@pytest.fixture(scope="module")
def base(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return installed(wheel, tmp_path_factory.mktemp("base") / "venv")


@pytest.fixture(scope="module")
def with_pulumi(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return installed(wheel, tmp_path_factory.mktemp("pulumi") / "venv", "[pulumi]")


def build_a_layer(environment: Installed, folder: Path) -> bytes:
    archive = folder / "layer.zip"
    target = ("--runtime", "python3.13", "--architecture", "arm64", "--no-bytecode")
    program = str(environment.folder / "bin" / "python-layers")
    run(program, "build", "six==1.17.0", *target, "-o", str(archive), "--cache", str(folder / "cache"))
    return archive.read_bytes()


@pytest.mark.index
def test_the_base_and_the_components_build_the_same_layer(
    base: Installed, with_pulumi: Installed, tmp_path: Path
) -> None:
    folders = [tmp_path / name for name in ("base", "pulumi")]
    for folder in folders:
        folder.mkdir()
    first, second = (build_a_layer(*pair) for pair in zip((base, with_pulumi), folders, strict=True))
    assert first == second


@pytest.mark.index
def test_the_base_is_light(base: Installed, with_pulumi: Installed) -> None:
    assert [module for module in OF_AWS_AND_PULUMI if base.has(module)] == []
    assert all(map(with_pulumi.has, OF_AWS_AND_PULUMI))
    assert base.size_mib < MOST_MIB_OF_BASE < with_pulumi.size_mib


@pytest.mark.index
def test_the_components_import_with_their_extra_only(base: Installed, with_pulumi: Installed) -> None:
    for program in ("import python_layers", "from python_layers import PythonLayer"):
        assert with_pulumi.python(program).returncode == 0
        refused = base.python(program)
        assert refused.returncode == 1
        assert refused.stderr.splitlines()[-1] == (
            "ModuleNotFoundError: python_layers needs Pulumi: pip install 'python-layers[pulumi]'"
        )
        assert refused.stderr.count("Traceback") == 1


@pytest.mark.index
def test_a_command_that_needs_the_aws_sdk_says_what_to_install(base: Installed, tmp_path: Path) -> None:
    secret = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:packages-AbCdEf"
    index = {"name": "internal", "url": "https://packages.example/simple/", "secret_arn": secret}
    indexes = tmp_path / "indexes.json"
    indexes.write_text(json.dumps({"extra": [index]}))
    command = (str(base.folder / "bin" / "python-layers"), "lock", "six", "--runtime", "python3.13")
    done = subprocess.run(
        [
            *command,
            "--index-config",
            str(indexes),
            "-o",
            str(tmp_path / "pylock.toml"),
            "--cache",
            str(tmp_path / "cache"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("aws-sdk-missing: the login of the package index 'internal' needs the AWS SDK")
    assert "pip install 'python-layers[aws]'" in done.stderr


@pytest.mark.index
def test_the_doctor_of_the_base_says_what_the_check_of_the_account_needs(base: Installed) -> None:
    command = (str(base.folder / "bin" / "python-layers"), "doctor", "--json", "--limit", "20")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    findings = {finding["check"]: finding for finding in json.loads(done.stdout)["findings"]}
    assert done.returncode == 1
    assert findings["AWS"]["status"] == "missing"
    assert findings["AWS"]["remedy"] == AwsSdkMissing.remedy


def test_a_login_in_aws_and_the_doctor_report_a_missing_sdk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    monkeypatch.setitem(sys.modules, "boto3.session", None)
    monkeypatch.delitem(sys.modules, "builder_lambda.indexes.aws_logins", raising=False)
    monkeypatch.delitem(sys.modules, "layer_cli.doctor.aws_account", raising=False)
    secret = SecretLogin(arn="arn:aws:secretsmanager:eu-west-1:111122223333:secret:packages-AbCdEf")
    index = PackageIndex(name="internal", url="https://packages.example/simple/", login=secret)
    with pytest.raises(AwsSdkMissing, match="the login of the package index 'internal' needs the AWS SDK"):
        RuntimeLogins(environ={}).login(index)
    scope = DeployScope(account="", stack="dev", builder="builder", layers=("*",), functions=())
    with pytest.raises(AwsSdkMissing, match="the check of the AWS account needs the AWS SDK"):
        find_aws(AwsQuestion(scope=scope, parts=()))
