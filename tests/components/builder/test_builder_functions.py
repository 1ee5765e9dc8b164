"""The functions that build packages from source: separate from the builder functions, with fewer permissions."""

import json
from collections.abc import Mapping
from pathlib import Path

from pulumi.runtime import MockResourceArgs

from builder_lambda import EnvironmentLogin, IndexOptions, PackageIndex
from components import LayerBuilder, LayerBuilderArgs, PythonLayer, PythonLayerArgs
from tests.conftest import RecordingEngine

SOURCES = "builder-sources-python313-x86_64"


def deployed(
    engine: RecordingEngine,
    folder: Path,
    *,
    source_builds: bool = True,
    index: IndexOptions | None = None,
    environment: Mapping[str, str] | None = None,
) -> dict[str, MockResourceArgs]:
    code = folder / "builder.zip"
    code.write_bytes(b"the builder's archive")

    def program() -> None:
        builder = LayerBuilder(
            "builder",
            LayerBuilderArgs(
                regions=["eu-west-1"],
                runtimes=["python3.13"],
                code=code,
                memory_mb=512,
                source_builds=source_builds,
                index=index or IndexOptions(),
                environment={"UV_HTTP_TIMEOUT": "30", **(environment or {})},
            ),
        )
        allowed = ["Crcmod"] if source_builds else ()
        PythonLayer("web", PythonLayerArgs(requirements=["crcmod"], builder=builder, allow_source_builds=allowed))

    return engine.deploy(program)


def test_without_source_builds_nothing_is_deployed_for_them(engine: RecordingEngine, tmp_path: Path) -> None:
    made = deployed(engine, tmp_path, source_builds=False)
    assert not [name for name in made if "sources" in name]
    assert "SOURCE_BUILDER" not in made["builder-python313-x86_64"].inputs["environment"]["variables"]
    assert "allow_source_builds" not in made["web-python313-x86_64-build"].inputs


def test_source_functions_share_the_deployment_package_and_do_not_know_the_bucket(
    engine: RecordingEngine, tmp_path: Path
) -> None:
    made = deployed(engine, tmp_path)
    function, builder = made[SOURCES].inputs, made["builder-python313-x86_64"].inputs
    assert function["handler"] == "builder_lambda.hosts.source_handler.handler"
    assert (function["s3Bucket"], function["s3Key"]) == (builder["s3Bucket"], builder["s3Key"])
    assert function["memorySize"] == 1769, "a compiler needs more than the builder was given"
    assert function["environment"] == {"variables": {"UV_HTTP_TIMEOUT": "30"}}


def test_the_role_of_source_functions_may_write_their_log_and_nothing_else(
    engine: RecordingEngine, tmp_path: Path
) -> None:
    made = deployed(engine, tmp_path)
    documents = {name: json.loads(each.inputs["policy"]) for name, each in made.items() if "policy" in each.inputs}
    own = {name: each for name, each in documents.items() if made[name].inputs.get("role") == "builder-sources-role"}
    (document,) = own.values()
    log = f"arn:aws:logs:eu-west-1:111122223333:log-group:{SOURCES}-log:*"
    assert document["Statement"] == [
        {
            "Sid": "WriteLogs",
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": [log],
        }
    ]
    assert made[SOURCES].inputs["role"].endswith(":role/builder-sources-role")


def test_a_builder_function_knows_its_source_function_and_may_invoke_it(
    engine: RecordingEngine, tmp_path: Path
) -> None:
    made = deployed(engine, tmp_path)
    arn = f"arn:aws:lambda:eu-west-1:111122223333:function:{SOURCES}"
    assert made["builder-python313-x86_64"].inputs["environment"]["variables"]["SOURCE_BUILDER"] == arn
    (statement,) = json.loads(made["builder-role-sources"].inputs["policy"])["Statement"]
    assert (statement["Action"], statement["Resource"]) == ("lambda:InvokeFunction", [arn])


def test_build_requirements_come_from_the_default_index_unless_it_asks_for_a_login(
    engine: RecordingEngine, tmp_path: Path
) -> None:
    open_index = PackageIndex(name="mirror", url="https://mirror.example/simple/")
    made = deployed(engine, tmp_path, index=IndexOptions(default=open_index))
    variables = made[SOURCES].inputs["environment"]["variables"]
    assert variables["UV_DEFAULT_INDEX"] == "https://mirror.example/simple/"


def test_source_functions_get_no_login(engine: RecordingEngine, tmp_path: Path) -> None:
    guarded = PackageIndex(
        name="ours", url="https://ours.example/simple/", login=EnvironmentLogin(password_variable="TOKEN")
    )
    made = deployed(engine, tmp_path, index=IndexOptions(default=guarded))
    assert made[SOURCES].inputs["environment"] == {"variables": {"UV_HTTP_TIMEOUT": "30"}}


def test_a_layer_names_what_may_be_built_from_source(engine: RecordingEngine, tmp_path: Path) -> None:
    made = deployed(engine, tmp_path)
    assert made["web-python313-x86_64-build"].inputs["allow_source_builds"] == ["crcmod"]


def test_source_functions_do_not_get_the_variables_of_logins(engine: RecordingEngine, tmp_path: Path) -> None:
    login = EnvironmentLogin(password_variable="TEAM_PASSWORD", username_variable="TEAM_USER")
    index = IndexOptions(default=PackageIndex(name="team", url="https://team.example/simple/", login=login))
    environment = {"TEAM_USER": "me", "TEAM_PASSWORD": "made-up-secret"}
    made = deployed(engine, tmp_path, index=index, environment=environment)

    assert made[SOURCES].inputs["environment"] == {"variables": {"UV_HTTP_TIMEOUT": "30"}}
    builder = made["builder-python313-x86_64"].inputs["environment"]["variables"]
    assert environment.items() <= builder.items(), "it logs in to the index"


def test_source_functions_get_no_variable_that_may_hold_a_login(engine: RecordingEngine, tmp_path: Path) -> None:
    logins = {"UV_INDEX_TEAM_PASSWORD": "word", "UV_INDEX": "https://team:word@index.example/simple", "API_TOKEN": "t"}
    made = deployed(engine, tmp_path, environment={**logins, "UV_INDEX_URL": "https://index.example/simple"})
    variables = made[SOURCES].inputs["environment"]["variables"]
    assert variables == {"UV_HTTP_TIMEOUT": "30", "UV_INDEX_URL": "https://index.example/simple"}
