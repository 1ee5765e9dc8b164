"""The resources of a function by name and input, and all problems of its input in one message."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime import MockResourceArgs

from components import (
    BuildOptions,
    LayerBuilder,
    LayerBuilderArgs,
    PythonFunction,
    PythonFunctionArgs,
    PythonLayer,
    PythonLayerArgs,
)
from tests.conftest import RecordingEngine

HOME, AWAY = "eu-west-1", "us-east-1"
FOREIGN = "arn:aws:lambda:eu-west-1:444455556666:layer:extension:3"


@pytest.fixture
def app(tmp_path: Path) -> Path:
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "app.py").write_text("def handler(event, context): ...\n")
    return folder


@pytest.fixture
def code(tmp_path: Path) -> Path:
    path = tmp_path / "builder.zip"
    path.write_bytes(b"the builder's archive")
    return path


Deploy = Callable[..., dict[str, MockResourceArgs]]


@pytest.fixture
def deploy(engine: RecordingEngine, code: Path, app: Path) -> Deploy:
    """Deploy a function ``api``, and return what was registered besides the builder."""

    def deploy(look: Callable[[PythonFunction], object] = id, **given: Any) -> dict[str, MockResourceArgs]:
        def program() -> None:
            builder = LayerBuilder(
                "builder", LayerBuilderArgs(regions=[HOME, AWAY], runtimes=["python3.13"], code=code)
            )
            base = PythonFunctionArgs(builder=builder, code=app, handler="app.handler", runtime="python3.13")
            layers = [layer(builder) if callable(layer) else layer for layer in given.pop("layers", [])]
            look(PythonFunction("api", replace(base, layers=layers, **given)))

        made = engine.deploy(program)
        return {name: resource for name, resource in made.items() if not name.startswith("builder")}

    return deploy


def web(builder: LayerBuilder) -> PythonLayer:
    return PythonLayer("web", PythonLayerArgs(requirements=["requests"], builder=builder))


def refusal(deploy: Deploy, **given: Any) -> str:
    with pytest.raises(pulumi.RunError) as raised:
        deploy(**given)
    return str(raised.value)


def test_a_function_without_packages_is_a_build_a_role_a_log_and_a_function(deploy: Deploy) -> None:
    made = deploy()
    assert {name: resource.typ for name, resource in made.items()} == {
        "api": "layers:index:PythonFunction",
        "api-code": "aws:s3/bucketObjectv2:BucketObjectv2",
        "api-build": "pulumi-python:dynamic/layers:LayerBuild",
        "api-eu-west-1-log": "aws:cloudwatch/logGroup:LogGroup",
        "api-role": "aws:iam/role:Role",
        "api-role-permissions": "aws:iam/rolePolicy:RolePolicy",
        "api-eu-west-1": "aws:lambda/function:Function",
    }
    build = made["api-build"].inputs
    assert (build["requirements"], build["modules"]) == ([], [])
    assert build["options"]["layout"] == "function"
    assert made["api-code"].inputs["key"] == f"python-layers/modules/{build['function_code_sha256']}.zip"


def test_the_function_names_its_deployment_package_by_content(deploy: Deploy) -> None:
    function = deploy(memory_mb=512, timeout_seconds=20, environment={"A": "1"}, publish=True, description="An API")[
        "api-eu-west-1"
    ].inputs
    assert function == {
        "architectures": ["x86_64"],
        "description": "An API",
        "environment": {"variables": {"A": "1"}},
        "handler": "app.handler",
        "loggingConfig": {"logFormat": "Text", "logGroup": "api-eu-west-1-log"},
        "memorySize": 512.0,
        "publish": True,
        "region": "eu-west-1",
        "role": "arn:aws:iam::111122223333:role/api-role",
        "runtime": "python3.13",
        "s3Bucket": "builder-archives-eu-west-1",
        "s3Key": "python-layers/archives/api-payload/c0ffee.zip",
        "sourceCodeHash": "c29tZSBieXRlcw==",
        "timeout": 20.0,
    }


def test_the_role_may_write_the_logs_of_the_function_and_nothing_else(deploy: Deploy) -> None:
    policy = json.loads(deploy(regions=[HOME, AWAY])["api-role-permissions"].inputs["policy"])
    (statement,) = policy["Statement"]
    assert statement["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert statement["Resource"] == [
        f"arn:aws:logs:{region}:111122223333:log-group:api-{region}-log:*" for region in (HOME, AWAY)
    ]


def test_a_given_role_is_used_unchanged(deploy: Deploy) -> None:
    made = deploy(role="arn:aws:iam::111122223333:role/given")
    assert made["api-eu-west-1"].inputs["role"] == "arn:aws:iam::111122223333:role/given"
    assert "api-role" not in made


def test_every_region_has_a_function_of_the_same_deployment_package(deploy: Deploy) -> None:
    seen: list[Any] = []
    made = deploy(lambda function: function.functions.apply(seen.append), regions=[HOME, AWAY])
    copy = made["api-us-east-1-archive"].inputs
    assert copy["source"] == "builder-archives-eu-west-1/python-layers/archives/api-payload/c0ffee.zip"
    for region in (HOME, AWAY):
        function = made[f"api-{region}"].inputs
        assert (function["region"], function["s3Bucket"]) == (region, f"builder-archives-{region}")
        assert function["s3Key"] == "python-layers/archives/api-payload/c0ffee.zip"
    arns = {region: f"arn:aws:lambda:{region}:111122223333:function:api-{region}" for region in (HOME, AWAY)}
    assert seen == [
        {
            region: {"arn": arn, "name": f"api-{region}", "version": "7", "qualified_arn": f"{arn}:7"}
            for region, arn in arns.items()
        }
    ]


def test_packages_become_a_layer_of_the_function_in_its_regions_only(deploy: Deploy) -> None:
    seen: list[Any] = []
    options = BuildOptions(slim="safe", layout="site-packages")
    made = deploy(lambda function: function.packages.apply(seen.append), requirements=["requests"], options=options)
    layer = made["api-dependencies-python313-x86_64-build"].inputs
    assert (layer["requirements"], layer["options"]["slim"]) == (["requests"], "safe")
    payload = made["api-build"].inputs
    assert (payload["requirements"], payload["options"]["slim"]) == ([], "none")
    versions = [name for name, resource in made.items() if resource.typ.endswith(":LayerReplica")]
    assert versions == ["api-dependencies-python313-x86_64-eu-west-1"]
    arn = "arn:aws:lambda:eu-west-1:111122223333:layer:api-dependencies-python313-x86_64:1"
    assert made["api-eu-west-1"].inputs["layers"] == [arn]
    assert seen == [{"requests": "2.32.3"}]


def test_packages_may_be_bundled_from_requirements_or_a_lock(deploy: Deploy, tmp_path: Path) -> None:
    made = deploy(requirements=["requests"], dependencies="bundle", options=BuildOptions(slim="safe"))
    build = made["api-build"].inputs
    assert (build["requirements"], build["options"]["slim"]) == (["requests"], "safe")
    assert not [name for name in made if "dependencies" in name]


def test_a_lock_is_uploaded_for_the_builder(deploy: Deploy, tmp_path: Path) -> None:
    before = deploy()["api-build"].inputs["function_code_sha256"]
    lock = tmp_path / "app" / "pylock.toml"
    lock.write_text(
        'lock-version = "1.0"\ncreated-by = "test"\n[[packages]]\nname = "idna"\nversion = "3.9"\n'
        '[[packages.wheels]]\nname = "idna-3.9-py3-none-any.whl"\n'
        'url = "https://index.example.invalid/idna-3.9-py3-none-any.whl"\n'
        f'hashes = {{sha256 = "{"1" * 64}"}}\n'
    )
    made = deploy(lock=lock, dependencies="bundle")
    given = made["api-build"].inputs["given_lock"]
    assert given["packages"] == {"idna": "3.9"}
    assert made["api-lock"].inputs["key"] == f"python-layers/locks/{given['lock_sha256']}.toml"
    assert made["api-build"].inputs["function_code_sha256"] == before, "a lock is not code, wherever it lies"


def test_own_modules_are_code_and_never_in_the_layer(deploy: Deploy, tmp_path: Path) -> None:
    (tmp_path / "tools.py").write_text("def handler(event, context): ...\n")
    made = deploy(requirements=["requests"], modules=[tmp_path / "tools.py"], handler="tools.handler")
    assert [module["name"] for module in made["api-build"].inputs["modules"]] == ["tools"]
    assert made["api-dependencies-python313-x86_64-build"].inputs["modules"] == []
    assert "api-module-tools" in made


def test_layers_keep_their_order_after_the_layer_of_the_dependencies(deploy: Deploy) -> None:
    made = deploy(layers=[web, FOREIGN], requirements=["requests"])
    arns = [
        "arn:aws:lambda:eu-west-1:111122223333:layer:api-dependencies-python313-x86_64:1",
        "arn:aws:lambda:eu-west-1:111122223333:layer:web-python313-x86_64:1",
        FOREIGN,
    ]
    attachment = made["api-eu-west-1-layers"].inputs
    assert attachment["layer_version_arns"] == arns
    assert [layer.get("name") for layer in attachment["layers"]] == [
        "api-dependencies-python313-x86_64",
        "web-python313-x86_64",
        None,
    ]
    assert attachment["unpacked_bytes"] == 3000
    assert made["api-eu-west-1"].inputs["layers"] == arns


def test_a_foreign_layer_has_an_arn_in_each_region(deploy: Deploy) -> None:
    there = FOREIGN.replace(HOME, AWAY)
    made = deploy(layers=[{HOME: FOREIGN, AWAY: there}], regions=[HOME, AWAY])
    assert made["api-eu-west-1"].inputs["layers"] == [FOREIGN]
    assert made["api-us-east-1"].inputs["layers"] == [there]


def test_further_arguments_reach_the_function(deploy: Deploy) -> None:
    function = deploy(function_args={"name": "api", "tracing_config": {"mode": "Active"}})["api-eu-west-1"].inputs
    assert (function["name"], function["tracingConfig"]) == ("api", {"mode": "Active"})


def test_only_the_code_decides_the_deployment_package(deploy: Deploy, app: Path) -> None:
    (app / ".gitignore").write_text("*.log\n")
    first = deploy()["api-build"].inputs["function_code_sha256"]
    (app / "run.log").write_text("x")
    (app / "app.py").touch()
    assert deploy()["api-build"].inputs["function_code_sha256"] == first
    assert deploy(exclude=["*.md"])["api-build"].inputs["function_code_sha256"] == first
    (app / "app.py").write_text("def handler(event, context): return 1\n")
    assert deploy()["api-build"].inputs["function_code_sha256"] != first


def test_all_problems_are_reported_together(deploy: Deploy, app: Path, tmp_path: Path) -> None:
    (app / "data").symlink_to(tmp_path)
    message = refusal(
        deploy,
        requirements=["requests=="],
        memory_mb=64,
        timeout_seconds=1000,
        regions=["sa-east-1"],
        function_args={"code": 1},
        layers=[{AWAY: FOREIGN}],
        description="x" * 257,
    )
    assert message.startswith("invalid-code: the code folder cannot be packed\n    data: is a link that leads out")
    assert "invalid-requirements: 1 requirement line cannot be used" in message
    assert message.endswith(
        "invalid-function: the function api cannot be made\n"
        "    the builder has no bucket in sa-east-1: add it to the regions of the LayerBuilder\n"
        "    memory_mb must be from 128 to 10240, not 64\n"
        "    timeout_seconds must be from 1 to 900, not 1000\n"
        "    description has 257 characters; AWS takes 256\n"
        "    function_args: this component sets code\n"
        "    layers: a layer has no ARN for sa-east-1, only for us-east-1\n"
        "  likely cause: a spelling error, or arguments that exclude each other\n"
        "  what to do: correct these arguments of the PythonFunction"
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"handler": "app.handlr"}, "app.py binds no handlr at its top level; did you mean app.handler?"),
        ({"exclude": ["app.py"], "include": ["*.txt"]}, "app.py is left out of the code"),
        ({"runtime": "python2.7"}, "unsupported-target: no layer can be built for runtime 'python2.7'"),
        ({"runtime": "python3.12"}, "the builder has no function for python3.12: add it to the runtimes"),
        ({"dependencies": "both"}, "dependencies must be one of layer, bundle, not 'both'"),
        ({"requirements": ["idna"], "lock": Path("pylock.toml")}, "from requirements, or from a lock, not from both"),
        ({"host": "codebuild"}, "the builder has no host codebuild"),
        ({"options": BuildOptions(layout="function"), "requirements": ["idna"]}, "is for the deployment package of a"),
    ],
)
def test_an_error_is_shown_without_a_traceback(deploy: Deploy, app: Path, given: dict[str, Any], message: str) -> None:
    (app / "note.txt").write_text("")
    assert message in refusal(deploy, **given)


def test_a_project_must_allow_the_python_of_the_function(deploy: Deploy, tmp_path: Path) -> None:
    project = tmp_path / "pyproject.toml"
    table = '[tool.uv]\nindex-url = "https://corp.example.invalid/simple"'
    project.write_text(f'[project]\nname = "a"\nrequires-python = "<3"\ndependencies = ["idna"]\n{table}\n')
    message = refusal(deploy, requirements=project)
    assert "python-not-allowed: " in message
    assert "tool-settings-unheeded: " in message


def test_a_lock_that_cannot_be_used_is_reported_with_the_rest(deploy: Deploy, tmp_path: Path) -> None:
    lock = tmp_path / "pylock.toml"
    lock.write_text('lock-version = "9.0"\n')
    options = BuildOptions(layout="function")
    message = refusal(deploy, requirements=["requests=="], lock=lock, memory_mb=1, options=options)
    assert "invalid-requirements: " in message
    assert "unreadable-lock: " in message
    assert "options: the layout 'function' is for the deployment package of a PythonFunction" in message
    assert "memory_mb must be from 128 to 10240, not 1" in message


def test_unreadable_modules_are_the_only_problem(deploy: Deploy, tmp_path: Path) -> None:
    assert "handler" not in refusal(deploy, modules=[tmp_path / "tools.py"], handler="tools.handler")


def test_a_handler_may_come_from_a_layer_or_a_package(deploy: Deploy) -> None:
    assert "the code has no wrapper.py" in refusal(deploy, handler="wrapper.handler")
    deploy(handler="wrapper.handler", layers=[FOREIGN])
    deploy(handler="wrapper.handler", requirements=["wrapper"])
