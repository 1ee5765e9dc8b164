"""What a stack deploys for each host, and how it describes the host to the dynamic resource."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime import MockResourceArgs

from components import LayerBuilder, LayerBuilderArgs, PythonLayer, PythonLayerArgs
from components.builder.codebuild_projects import BOTO3
from components.hosts.aws_session import AwsSettings
from components.hosts.builders import Builder
from components.hosts.codebuild_builder import CodeBuildBuilder
from components.hosts.container_builder import ContainerBuilder
from components.hosts.fallback_builder import FallbackBuilder
from components.hosts.hosts import Hosts, cost_usd, host_of, region_of
from components.hosts.lambda_builder import LambdaBuilder
from components.hosts.local_builder import LocalBuilder
from tests.components.fakes import FakeBuilder
from tests.components.hosts.test_fallback_builder import BUILD
from tests.conftest import RecordingEngine

ROOT = Path(__file__).parents[3]
FUNCTION = {
    "arn": "arn:aws:lambda:eu-west-1:111122223333:function:builder-python313-x86_64",
    "timeout_seconds": 900,
    "memory_mb": 1769,
    "architecture": "x86_64",
}
LOCAL = {"host": "local", "region": "eu-west-1"}
CONTAINER = {"host": "container", "region": "eu-west-1", "timeout_seconds": 900}
CODEBUILD = {
    "host": "codebuild",
    "region": "eu-west-1",
    "project": "builder-codebuild-python313-x86_64",
    "timeout_seconds": 3600,
}


@pytest.fixture
def code(tmp_path: Path) -> Path:
    path = tmp_path / "builder.zip"
    path.write_bytes(b"the builder's archive")
    return path


def deployed(
    engine: RecordingEngine, code: Path, layer: dict[str, Any] | None = None, **builder: Any
) -> dict[str, MockResourceArgs]:
    def run() -> None:
        made = LayerBuilder(
            "builder", LayerBuilderArgs(regions=["eu-west-1"], runtimes=["python3.13"], code=code, **builder)
        )
        PythonLayer("web", PythonLayerArgs(requirements=["requests"], builder=made, **(layer or {})))

    return engine.deploy(run)


def described(made: dict[str, MockResourceArgs]) -> Any:
    return made["web-python313-x86_64-build"].inputs["builder"]


def kinds(made: dict[str, MockResourceArgs]) -> set[str]:
    hosts = {"aws:lambda/function:Function", "aws:codebuild/project:Project", "aws:iam/role:Role"}
    return {each.typ for each in made.values()} & (hosts | {"aws:cloudwatch/logGroup:LogGroup"})


def test_the_default_host_is_described_without_a_name_as_in_old_states(engine: RecordingEngine, code: Path) -> None:
    made = deployed(engine, code)
    assert described(made) == FUNCTION
    assert {name: each.typ for name, each in made.items() if name.startswith("builder") and "archives" not in name} == {
        "builder": "layers:index:LayerBuilder",
        "builder-role": "aws:iam/role:Role",
        "builder-role-permissions": "aws:iam/rolePolicy:RolePolicy",
        "builder-code": "aws:s3/bucketObjectv2:BucketObjectv2",
        "builder-python313-x86_64-log": "aws:cloudwatch/logGroup:LogGroup",
        "builder-python313-x86_64": "aws:lambda/function:Function",
    }
    function = made["builder-python313-x86_64"].inputs
    assert function["loggingConfig"] == {"logFormat": "JSON", "logGroup": "builder-python313-x86_64-log"}
    assert function["ephemeralStorage"] == {"size": 2048}


@pytest.mark.parametrize(("host", "mapping"), [("local", LOCAL), ("container", CONTAINER)])
def test_a_host_on_this_machine_deploys_nothing_but_buckets(
    engine: RecordingEngine, code: Path, host: Any, mapping: dict[str, Any]
) -> None:
    made = deployed(engine, code, host=host)
    assert kinds(made) == set()
    assert described(made) == mapping


def test_a_host_on_this_machine_uses_the_index_of_the_environment(engine: RecordingEngine, code: Path) -> None:
    environment = {"UV_INDEX_URL": "https://index.example.invalid/simple"}
    assert described(deployed(engine, code, host="local", environment=environment)) == {
        **LOCAL,
        "environment": environment,
    }


def test_image_and_network_reach_the_container(engine: RecordingEngine, code: Path) -> None:
    made = deployed(engine, code, host="container", image="own/{runtime}:1", network="host", timeout_seconds=60)
    assert described(made) == {**CONTAINER, "image": "own/{runtime}:1", "network": "host", "timeout_seconds": 60}


def test_codebuild_is_a_project_with_a_role_of_its_own(engine: RecordingEngine, code: Path) -> None:
    made = deployed(engine, code, host="codebuild")
    assert "aws:lambda/function:Function" not in kinds(made)
    assert described(made) == CODEBUILD
    project = made["builder-codebuild-python313-x86_64"].inputs
    assert project["source"]["type"] == "S3"
    assert project["source"]["location"] == "builder-archives-eu-west-1/python-layers/builder/builder.zip"
    assert "python3.13 -m builder_lambda.hosts.codebuild_entry" in project["source"]["buildspec"]
    assert project["environment"]["image"] == "public.ecr.aws/sam/build-python3.13:latest-x86_64"
    variables = {each["name"]: each["value"] for each in project["environment"]["environmentVariables"]}
    assert variables == {
        "ARCHIVE_BUCKET": "builder-archives-eu-west-1",
        "ARCHIVE_PREFIX": "python-layers/",
    }
    trust = json.loads(made["builder-codebuild-role"].inputs["assumeRolePolicy"])
    assert trust["Statement"][0]["Principal"] == {"Service": "codebuild.amazonaws.com"}
    actions = [
        each["Action"] for each in json.loads(made["builder-codebuild-role-permissions"].inputs["policy"])["Statement"]
    ]
    assert actions == [
        ["s3:GetObject", "s3:GetObjectVersion"],
        "s3:PutObject",
        "s3:ListBucket",
        ["logs:CreateLogStream", "logs:PutLogEvents"],
    ]


def test_code_of_packages_runs_in_a_codebuild_project_of_its_own(engine: RecordingEngine, code: Path) -> None:
    made = deployed(engine, code, host="codebuild", source_builds=True)
    builder = made["builder-codebuild-python313-x86_64"].inputs
    assert {"name": "SOURCE_PROJECT", "value": "builder-codebuild-sources-python313-x86_64"} in (
        builder["environment"]["environmentVariables"]
    )
    (start,) = json.loads(made["builder-codebuild-role-sources"].inputs["policy"])["Statement"]
    assert start["Action"] == ["codebuild:StartBuild", "codebuild:BatchGetBuilds"]
    sources = made["builder-codebuild-sources-python313-x86_64"].inputs
    assert "python3.13 -m builder_lambda.hosts.codebuild_source_entry" in sources["source"]["buildspec"]
    assert sources["serviceRole"] != builder["serviceRole"]
    policy = json.loads(made["builder-codebuild-sources-role-permissions"].inputs["policy"])
    assert [(each["Action"], each["Resource"]) for each in policy["Statement"]][:2] == [
        (["s3:GetObject", "s3:GetObjectVersion"], "arn:aws:s3:::builder-archives-eu-west-1/python-layers/builder/*"),
        (["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::builder-archives-eu-west-1/python-layers/source-builds/*"),
    ]


def test_codebuild_gets_the_boto3_that_we_test_with() -> None:
    assert BOTO3 in (ROOT / "requirements.txt").read_text().splitlines()


def test_auto_describes_each_host_of_its_order(engine: RecordingEngine, code: Path) -> None:
    made = deployed(engine, code, host="auto", host_order=["local", "lambda", "container", "codebuild"])
    assert described(made) == {"host": "auto", "region": "eu-west-1", "hosts": [LOCAL, FUNCTION, CONTAINER, CODEBUILD]}


def test_the_default_order_has_no_codebuild(engine: RecordingEngine, code: Path) -> None:
    made = deployed(engine, code, host="auto")
    assert [host_of(each) for each in described(made)["hosts"]] == ["local", "lambda", "container"]
    assert "aws:codebuild/project:Project" not in kinds(made)


def test_a_layer_may_name_its_own_host(engine: RecordingEngine, code: Path) -> None:
    assert described(deployed(engine, code, layer={"host": "container"})) == CONTAINER


@pytest.mark.parametrize("host", ["codebuild", "auto"])
def test_a_layer_cannot_name_a_host_that_is_not_deployed(engine: RecordingEngine, code: Path, host: Any) -> None:
    with pytest.raises(pulumi.RunError) as raised:
        deployed(engine, code, layer={"host": host}, host_order=["codebuild"])
    assert str(raised.value) == (
        "invalid-layer: the layer web cannot be made\n"
        "    the builder has no host codebuild: add it to the hosts of the LayerBuilder\n"
        "  likely cause: a spelling error, or arguments that exclude each other\n"
        "  what to do: correct these arguments of the PythonLayer"
    )


def test_a_layer_may_name_an_additional_host_of_the_builder(engine: RecordingEngine, code: Path) -> None:
    made = deployed(engine, code, layer={"host": "codebuild"}, host="local", hosts=["codebuild"])
    assert described(made) == CODEBUILD


@pytest.mark.parametrize(
    ("mapping", "kind"),
    [
        (FUNCTION, LambdaBuilder),
        (LOCAL, LocalBuilder),
        (CONTAINER, ContainerBuilder),
        (CODEBUILD, CodeBuildBuilder),
        ({"host": "auto", "region": "eu-west-1", "hosts": [LOCAL, FUNCTION]}, FallbackBuilder),
    ],
)
def test_each_mapping_has_its_builder(mapping: dict[str, Any], kind: type[Builder]) -> None:
    hosts = Hosts(AwsSettings(access_key="1", secret_key="2"), bucket="archives", is_first=False, report=print)
    assert isinstance(hosts.builder(mapping), kind)
    assert region_of(mapping) == "eu-west-1"


def test_an_unknown_host_is_rejected() -> None:
    hosts = Hosts(AwsSettings(), bucket="archives", is_first=False, report=print)
    with pytest.raises(ValueError, match="there is no host 'elsewhere'"):
        hosts.builder({"host": "elsewhere", "region": "eu-west-1"})


def test_only_what_aws_billed_has_a_price() -> None:
    result = FakeBuilder().build(BUILD)
    billed = replace(result, seconds={"total": 1.0, "billed": 2.0})
    assert cost_usd(FUNCTION, result) is None
    assert cost_usd(LOCAL, billed) is None
    assert cost_usd({"host": "auto", "region": "eu-west-1", "hosts": [LOCAL, FUNCTION]}, billed) == pytest.approx(
        0.0000577837, rel=1e-3
    )
