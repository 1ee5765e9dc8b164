import json
import re
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime import MockResourceArgs, rpc

from builder_lambda import IndexOptions, PackageIndex
from components import BuildOptions, LayerBuilder, LayerBuilderArgs, PythonLayer, PythonLayerArgs, ShareWith
from tests.builder_lambda.wheel_factory import make_wheel
from tests.conftest import RecordingEngine

REGIONS = ("eu-west-1", "us-east-1")


@pytest.fixture
def code(tmp_path: Path) -> Path:
    path = tmp_path / "builder.zip"
    path.write_bytes(b"the builder's archive")
    return path


def program(code: Path, **layer: Any) -> PythonLayer:
    builder = LayerBuilder("builder", LayerBuilderArgs(regions=REGIONS, runtimes=["python3.13"], code=code))
    return PythonLayer("web", PythonLayerArgs(**{"requirements": ["requests"], **layer}, builder=builder))


def of_type(made: dict[str, MockResourceArgs], kind: str) -> dict[str, MockResourceArgs]:
    return {name: resource for name, resource in made.items() if resource.typ.endswith(kind)}


def test_a_layer_is_built_once_and_published_in_every_region(engine: RecordingEngine, code: Path) -> None:
    made = engine.deploy(lambda: program(code))
    assert len(of_type(made, ":LayerBuild")) == 1
    replicas = of_type(made, ":LayerReplica")
    assert {replica.inputs["region"] for replica in replicas.values()} == set(REGIONS)
    inputs = rpc.unwrap_rpc_secret(replicas["web-python313-x86_64-us-east-1"].inputs)
    assert {key: value for key, value in inputs.items() if not key.startswith("__")} == {
        "layer_name": "web-python313-x86_64",
        "runtime": "python3.13",
        "architecture": "x86_64",
        "region": "us-east-1",
        "owner": "python-layers/test",
        "home_bucket": "builder-archives-eu-west-1",
        "bucket": "builder-archives-us-east-1",
        "archive_key": "python-layers/archives/web-python313-x86_64/c0ffee.zip",
        "content_hash": "c0ffee",
        "code_sha256": "c29tZSBieXRlcw==",
        "statements": {},
        "default_parameter": "/python-layers/python-layers/test/web-python313-x86_64",
        "keep": True,
    }


def test_every_version_is_shared(engine: RecordingEngine, code: Path) -> None:
    made = engine.deploy(lambda: program(code, share_with=ShareWith(accounts=["222233334444"])))
    for replica in of_type(made, ":LayerReplica").values():
        assert replica.inputs["statements"] == {"account-222233334444": {"principal": "222233334444"}}


def test_names_in_aws_can_be_chosen(engine: RecordingEngine, code: Path) -> None:
    made = engine.deploy(lambda: program(code, layer_name="shared", parameter_prefix="/teams/layers/"))
    assert made["web-python313-x86_64-build"].inputs["layer_name"] == "shared-python313-x86_64"
    replica = made["web-python313-x86_64-us-east-1"].inputs
    assert replica["layer_name"] == "shared-python313-x86_64"
    assert replica["chosen_parameter"] == "/teams/layers/shared-python313-x86_64"


def test_each_target_is_a_layer_of_its_own(engine: RecordingEngine, code: Path) -> None:
    made = engine.deploy(lambda: program(code, architectures=["x86_64", "arm64"]))
    names = {resource.inputs["layer_name"] for resource in of_type(made, ":LayerReplica").values()}
    assert names == {"web-python313-x86_64", "web-python313-arm64"}


def test_the_outputs_describe_each_target(engine: RecordingEngine, code: Path) -> None:
    seen: list[Any] = []
    engine.deploy(lambda: program(code).targets.apply(seen.append))
    assert seen == [
        {
            "python3.13-x86_64": {
                "content_hash": "c0ffee",
                "code_sha256": "c29tZSBieXRlcw==",
                "packages": {"requests": "2.32.3"},
                "size_bytes": 1000.0,
                "unpacked_bytes": 3000.0,
                "layer_version_arns": {
                    region: f"arn:aws:lambda:{region}:111122223333:layer:web-python313-x86_64:1" for region in REGIONS
                },
            }
        }
    ]


def test_a_function_finds_its_layer_by_region_and_target(engine: RecordingEngine, code: Path) -> None:
    seen: list[str] = []
    engine.deploy(
        lambda: program(code).layer_version_arn("us-east-1", runtime="python3.13").apply(seen.append),
    )
    assert seen == ["arn:aws:lambda:us-east-1:111122223333:layer:web-python313-x86_64:1"]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("us-east-1", "python3.12"), "layer web is not built for python3.12-x86_64: it has python3.13-x86_64"),
        (("us-west-2", "python3.13"), "layer web is not in us-west-2: it is in eu-west-1, us-east-1"),
    ],
)
def test_an_arn_that_a_layer_does_not_have_is_refused_with_those_that_it_has(
    engine: RecordingEngine, code: Path, asked: tuple[str, str], message: str
) -> None:
    region, runtime = asked
    with pytest.raises(pulumi.RunError) as raised:
        engine.deploy(lambda: program(code).layer_version_arn(region, runtime=runtime))
    assert str(raised.value) == message


def test_an_attachment_gets_the_nearest_version_of_a_layer(engine: RecordingEngine, code: Path) -> None:
    found: list[tuple[str, str, str]] = []

    def choices() -> None:
        layer = program(code, architectures=["x86_64", "arm64"])
        for region, runtime, architecture in (
            ("us-east-1", "python3.13", "arm64"),
            ("us-east-1", "python3.12", "arm64"),
            ("ap-south-1", "python3.13", "x86_64"),
        ):
            own = layer.own_layer(region, runtime=runtime, architecture=architecture)  # type: ignore[arg-type]  # texts
            found.append((own.name, own.region, own.runtime))

    engine.deploy(choices)
    assert found == [
        ("web-python313-arm64", "us-east-1", "python3.13"),
        ("web-python313-arm64", "us-east-1", "python3.13"),
        ("web-python313-x86_64", "eu-west-1", "python3.13"),
    ]


def test_a_layer_may_be_in_some_of_the_regions_only(engine: RecordingEngine, code: Path) -> None:
    made = engine.deploy(lambda: program(code, regions=["us-east-1"]))
    assert set(of_type(made, ":LayerReplica")) == {"web-python313-x86_64-us-east-1"}


def test_resource_names_come_from_the_component_and_must_not_change(engine: RecordingEngine, code: Path) -> None:
    made = engine.deploy(lambda: program(code))
    layer = {name: resource.typ for name, resource in made.items() if name.startswith("web")}
    assert layer == {
        "web": "layers:index:PythonLayer",
        "web-python313-x86_64-build": "pulumi-python:dynamic/layers:LayerBuild",
        "web-python313-x86_64-eu-west-1": "pulumi-python:dynamic/layers:LayerReplica",
        "web-python313-x86_64-us-east-1": "pulumi-python:dynamic/layers:LayerReplica",
    }


def test_layers_of_runtimes_that_cannot_run_the_builder_are_built_by_another_without_bytecode(
    engine: RecordingEngine, code: Path
) -> None:
    def run() -> None:
        runtimes = ["python3.10", "python3.12"]
        builder = LayerBuilder("builder", LayerBuilderArgs(regions=REGIONS, runtimes=runtimes, code=code))
        PythonLayer("web", PythonLayerArgs(requirements=["idna"], builder=builder))

    made = engine.deploy(run)
    assert set(of_type(made, ":Function")) == {"builder-python312-x86_64", "builder-python313-x86_64"}
    builds = of_type(made, ":LayerBuild")
    assert builds["web-python310-x86_64-build"].inputs["builder"]["arn"].endswith("builder-python313-x86_64")
    assert builds["web-python310-x86_64-build"].inputs["options"]["bytecode"] is False
    assert builds["web-python312-x86_64-build"].inputs["options"]["bytecode"] is True


def test_own_modules_and_a_given_lock_are_uploaded_for_the_builder(
    engine: RecordingEngine, code: Path, tmp_path: Path
) -> None:
    (tmp_path / "tools.py").write_text("ANSWER = 42\n")
    lock = tmp_path / "pylock.toml"
    lock.write_text(
        'lock-version = "1.0"\ncreated-by = "test"\n[[packages]]\nname = "idna"\nversion = "3.9"\n'
        '[[packages.wheels]]\nname = "idna-3.9-py3-none-any.whl"\n'
        'url = "https://index.example.invalid/idna-3.9-py3-none-any.whl"\n'
        f'hashes = {{sha256 = "{"1" * 64}"}}\n'
    )
    made = engine.deploy(lambda: program(code, requirements=None, lock=lock, modules=[tmp_path / "tools.py"]))
    build = made["web-python313-x86_64-build"].inputs
    assert build["given_lock"]["packages"] == {"idna": "3.9"}
    (module,) = build["modules"]
    assert module["name"] == "tools"
    keys = {name: stored.inputs["key"] for name, stored in of_type(made, ":BucketObjectv2").items()}
    assert keys["web-module-tools"] == f"python-layers/modules/{module['sha256']}.zip"
    assert keys["web-python313-x86_64-lock"] == f"python-layers/locks/{build['given_lock']['lock_sha256']}.toml"


def test_wheels_that_are_files_are_uploaded_for_the_builder(
    engine: RecordingEngine, code: Path, tmp_path: Path
) -> None:
    wheel = make_wheel("mylib")
    (tmp_path / wheel.filename).write_bytes(wheel.content)
    lock = tmp_path / "pylock.toml"
    lock.write_text(
        'lock-version = "1.0"\ncreated-by = "test"\n[[packages]]\nname = "mylib"\nversion = "1.0"\n'
        f'[[packages.wheels]]\npath = "{wheel.filename}"\nhashes = {{sha256 = "{wheel.sha256}"}}\n'
    )
    key = f"python-layers/wheels/local/{wheel.sha256}/{wheel.filename}"

    def run() -> None:
        builder = LayerBuilder("builder", LayerBuilderArgs(regions=REGIONS, runtimes=["python3.13"], code=code))
        PythonLayer("named", PythonLayerArgs(requirements=[str(tmp_path / wheel.filename)], builder=builder))
        PythonLayer("locked", PythonLayerArgs(lock=lock, builder=builder))

    made = engine.deploy(run)
    keys = {name: stored.inputs["key"] for name, stored in of_type(made, ":BucketObjectv2").items()}
    assert keys[f"named-wheel-{wheel.filename}"] == key
    assert keys[f"locked-python313-x86_64-wheel-{wheel.filename}"] == key
    requirements = made["named-python313-x86_64-build"].inputs["requirements"]
    assert requirements == [f"mylib @ local:{wheel.filename}#sha256={wheel.sha256}"]
    assert str(tmp_path) not in json.dumps(requirements)


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        ({"requirements": ["requests=="]}, "invalid-requirements: 1 requirement line cannot be used"),
        ({"runtimes": ["python2.7"]}, "unsupported-target: no layer can be built for runtime 'python2.7'"),
        ({"runtimes": ["python3.12"]}, "the builder has no function for python3.12: add it to the runtimes"),
        ({"regions": ["sa-east-1"]}, "the builder has no bucket in sa-east-1: add it to the regions"),
        ({"host": "codebuild"}, "the builder has no host codebuild: add it to the hosts of the LayerBuilder"),
        (
            {"options": BuildOptions(layout="function")},
            "the layout 'function' is for the deployment package of a PythonFunction",
        ),
        (
            {"requirements": None},
            "invalid-layer: the layer web cannot be made\n    a layer is made of requirements, or of a lock",
        ),
        ({"share_with": ShareWith(accounts=["123"])}, "    share_with: '123' is not an account id: it has 12 digits"),
    ],
)
def test_an_error_of_the_arguments_is_shown_without_a_traceback(
    engine: RecordingEngine, code: Path, layer: dict[str, Any], message: str
) -> None:
    with pytest.raises(pulumi.RunError) as raised:
        engine.deploy(lambda: program(code, **layer))
    assert message in str(raised.value)


def test_errors_of_every_kind_are_reported_together(engine: RecordingEngine, code: Path, tmp_path: Path) -> None:
    (tmp_path / "pylock.toml").write_text('lock-version = "9.0"\n')
    with pytest.raises(pulumi.RunError) as raised:
        engine.deploy(
            lambda: program(
                code,
                runtimes=["python2.7", "python3.12"],
                requirements=["requests=="],
                modules=[tmp_path / "missing.py"],
                lock=tmp_path / "pylock.toml",
                regions=["sa-east-1"],
                host="codebuild",
                options=BuildOptions(layout="function"),
                share_with=ShareWith(accounts=["123"], organization="acme"),
            )
        )
    message = str(raised.value)
    assert re.findall(r"^[a-z-]+(?=: )", message, re.MULTILINE) == [
        "unsupported-target",
        "invalid-requirements",
        "invalid-modules",
        "unreadable-lock",
        "invalid-layer",
    ]
    assert message.endswith(
        "invalid-layer: the layer web cannot be made\n"
        "    share_with: '123' is not an account id: it has 12 digits, quoted in YAML to keep leading zeros\n"
        "    share_with: 'acme' is not an organization id: it is o- with 10 to 32 lowercase letters or digits\n"
        "    the builder has no function for python3.12: add it to the runtimes of the LayerBuilder\n"
        "    the builder has no bucket in sa-east-1: add it to the regions of the LayerBuilder\n"
        "    the builder has no host codebuild: add it to the hosts of the LayerBuilder\n"
        "    the layout 'function' is for the deployment package of a PythonFunction\n"
        "  likely cause: a spelling error, or arguments that exclude each other\n"
        "  what to do: correct these arguments of the PythonLayer"
    )


@pytest.mark.parametrize(
    ("tables", "error_code"),
    [
        ('requires-python = "<3.13"', "python-not-allowed"),
        ('[tool.uv]\nindex-url = "https://corp.example.invalid/simple"', "tool-settings-unheeded"),
        ('[tool.uv]\nexclude-newer = "2024-01-01"', "tool-settings-unheeded"),
    ],
)
def test_a_project_with_settings_that_cannot_be_applied_is_refused(
    engine: RecordingEngine, code: Path, tmp_path: Path, tables: str, error_code: str
) -> None:
    (tmp_path / "pyproject.toml").write_text(f'[project]\nname = "a"\ndependencies = ["idna"]\n{tables}\n')
    with pytest.raises(pulumi.RunError, match=f"^{error_code}: "):
        engine.deploy(lambda: program(code, requirements=tmp_path, runtimes=["python3.13"]))


@pytest.mark.parametrize(
    "builder",
    [
        {"index": IndexOptions(default=PackageIndex(name="own", url="https://corp.example.invalid/simple"))},
        {"environment": {"UV_INDEX_URL": "https://corp.example.invalid/simple"}},
    ],
)
def test_indexes_of_the_builder_override_those_of_a_project(
    engine: RecordingEngine, code: Path, tmp_path: Path, builder: dict[str, Any]
) -> None:
    table = '[tool.uv]\nindex-url = "https://other.example.invalid/simple"\nexclude-newer = "2024-01-01"'
    (tmp_path / "pyproject.toml").write_text(f'[project]\nname = "a"\ndependencies = ["idna"]\n{table}\n')

    def run() -> None:
        args = LayerBuilderArgs(regions=REGIONS, runtimes=["python3.13"], code=code, **builder)
        PythonLayer(
            "web",
            PythonLayerArgs(builder=LayerBuilder("builder", args), requirements=tmp_path, exclude_newer="2024-01-01"),
        )

    assert engine.deploy(run)["web-python313-x86_64-build"].inputs["requirements"] == ["idna"]
