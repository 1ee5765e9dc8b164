"""The examples with functions, deployed as they are: what they answer, and what a change of their files changes."""

import json
import re
import shutil
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from builder_lambda.inspection.bytecode_header import BytecodeHeader
from local_aws.pulumi_engine.pulumi_program import LocalPulumi
from tests.e2e.stack import ROOT, Stack

pytestmark = [pytest.mark.e2e, pytest.mark.index]

HOME, AWAY = "eu-west-1", "us-east-1"


@pytest.fixture
def example(pulumi: LocalPulumi, runtime: str, tmp_path: Path, request: pytest.FixtureRequest) -> Stack:
    """Return a stack of a copy of the example that the test is about, without a deployment."""
    name: str = request.param
    program = tmp_path / name
    shutil.copytree(ROOT / "examples" / name, program, ignore=shutil.ignore_patterns("__pycache__"))
    # What an installed wheel would bring; the test of the other example installs it.
    for installed, source in {
        "python_layers": "components",
        "builder_lambda": "builder_lambda",
        "layer_deployment": "layer_deployment",
        ".venv": ".venv",
    }.items():
        (program / installed).symlink_to(ROOT / source)
    project = name.replace("_", "-")
    accounts = {
        "sam_style_app": "777766661111",
        "bundled_function": "777766662222",
        "multi_region_function": "777766663333",
    }
    return Stack(
        pulumi=pulumi, program=program, name="test", account=accounts[name], config={f"{project}:runtime": runtime}
    )


def outputs(stack: Stack) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(stack.say("stack", "output", "--json"))
    return found


def invoke(stack: Stack, function: dict[str, Any], event: object, region: str = HOME) -> Any:
    answer = stack.client("lambda", region).invoke(FunctionName=function["name"], Payload=json.dumps(event).encode())
    payload = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, payload
    return payload


def payload_of(stack: Stack, name: str, region: str = HOME) -> zipfile.ZipFile:
    """Return the archive that a function was made of."""
    resources = json.loads(stack.say("stack", "export"))["deployment"]["resources"]
    (function,) = [each for each in resources if each["urn"].endswith(f"lambda/function:Function::{name}")]
    inputs = function["inputs"]
    content = stack.client("s3", region).get_object(Bucket=inputs["s3Bucket"], Key=inputs["s3Key"])["Body"].read()
    return zipfile.ZipFile(BytesIO(content))


def layer_version(stack: Stack, name: str, **declared: Any) -> str:
    """Publish a layer that has idna 3.8, by somebody else's tool."""
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as written:
        written.writestr("python/idna-3.8.dist-info/METADATA", "Name: idna\nVersion: 3.8\n")
    content = {"ZipFile": archive.getvalue()}
    published = stack.client("lambda", HOME).publish_layer_version(LayerName=name, Content=content, **declared)
    arn: str = published["LayerVersionArn"]
    return arn


def told_of_layers(stack: Stack) -> list[str]:
    """Return what a preview tells of ``orders``, given all kinds of layers that it cannot have, beside its own."""
    old = layer_version(stack, "old", CompatibleRuntimes=["python3.9"], CompatibleArchitectures=["arm64"])
    gone = layer_version(stack, "gone")
    stack.client("lambda", HOME).delete_layer_version(LayerName="gone", VersionNumber=1)
    private = layer_version(replace(stack, account="777766664444"), "private")
    far = old.replace(HOME, AWAY)
    program = stack.program / "__main__.py"
    source = program.read_text()
    refused = [old, gone, private, far, "web"]
    program.write_text(
        source.replace("layers=[shared],", f"layers=[shared, *({refused} if name == 'orders' else [])],")
    )
    told = stack.refused_preview()
    program.write_text(source)
    assert "Traceback" not in told
    assert f"idna: 3.9 in shared-{runtime_slug(stack)}, 3.8 in {old}" in told
    (message,) = re.findall(rf"error: [^\n]*'orders' in {HOME} have 8 problems\n(.*?)\n +likely cause", told, re.DOTALL)
    return re.findall(r"^ {8}([a-z-]+): ", message, re.MULTILINE)


def runtime_slug(stack: Stack) -> str:
    (runtime,) = (value for key, value in stack.config.items() if key.endswith(":runtime"))
    return f"{runtime.replace('.', '')}-x86_64"


@pytest.mark.parametrize("example", ["sam_style_app"], indirect=True)
def test_code_changes_its_own_function_and_a_layer_changes_all_of_its_functions(example: Stack, runtime: str) -> None:
    example.up()
    first = outputs(example)
    orders, reports = (first["functions"][name][HOME] for name in ("orders", "reports"))
    assert (orders["version"], reports["version"]) == ("1", "1")
    assert invoke(example, orders, {"items": ["book", "pen"]}) == {"total": 22, "stage": "test", "idna": "3.9"}
    assert invoke(example, reports, {"domain": "bücher.example"}) == {
        "domain": "xn--bcher-kva.example",
        "from": "/opt/python/idna/__init__.py",
    }
    with payload_of(example, "orders-eu-west-1") as archive:
        tag = f"cpython-{runtime.removeprefix('python').replace('.', '')}"
        compiled = [f"__pycache__/{module}.{tag}.pyc" for module in ("app", "prices")]
        assert sorted(archive.namelist()) == sorted(["app.py", "prices.py", *compiled])
        headers = [BytecodeHeader.parse(archive.read(path)[:16]) for path in compiled]
        # Loaded without a look at the source, so that there is no stale one: code and bytecode are one content.
        assert {header.validity for header in headers if header} == {"unchecked"}
        assert b"/var/task/prices.py" in archive.read(compiled[1])

    assert told_of_layers(example) == [
        "too-many-layers",
        "different-versions",
        "wrong-runtime",
        "wrong-architecture",
        "version-gone",
        "not-readable",
        "other-region",
        "not-a-layer-version",
    ]

    folder = example.program / "functions" / "orders"
    prices = folder / "prices.py"
    prices.write_text(prices.read_text().replace('"pen": 2', '"pen": 3'))
    # None of this is content: neither of the layer, nor of the other function.
    (folder.parent / "reports" / "app.py").touch()
    (folder.parent / "reports" / ".env").write_text("TOKEN=secret\n")
    (folder / "debug.log").write_text("ignored by the .gitignore there\n")
    requirements = example.program / "layers" / "requirements.txt"
    requirements.write_text(f"# another comment\n{requirements.read_text()}")
    told, _, _outputs = example.preview().partition("Outputs:")
    assert set(re.findall(r"(?:orders|reports|shared)[a-z0-9_-]*", told)) == {
        "orders-code",
        "orders-build",
        "orders-eu-west-1",
    }
    assert set(example.up().changed) == {
        "create-replacement orders-code",
        "replace orders-code",
        "delete-replaced orders-code",
        "update orders-build",
        "update orders-eu-west-1",
    }
    second = outputs(example)
    assert second["layer"] == first["layer"]
    assert second["content"]["reports"] == first["content"]["reports"]
    assert second["functions"]["reports"] == first["functions"]["reports"]
    assert second["functions"]["orders"][HOME]["version"] == "2"
    assert invoke(example, orders, {"items": ["book", "pen"]})["total"] == 23

    requirements.write_text("idna==3.10\n")
    changed = set(example.up().changed)
    assert {"update orders-eu-west-1", "update reports-eu-west-1"} <= changed
    assert not {name for name in changed if name.endswith(("orders-build", "reports-build", "-code"))}
    third = outputs(example)
    assert third["content"] == second["content"]
    assert [third["functions"][name][HOME]["version"] for name in ("orders", "reports")] == ["3", "2"]
    assert invoke(example, orders, {})["idna"] == "3.10"
    example.destroy()
    assert example.client("lambda", HOME).list_functions()["Functions"] == []


@pytest.mark.parametrize("example", ["bundled_function"], indirect=True)
def test_bundled_packages_are_imported_from_the_payload(example: Stack, runtime: str) -> None:
    example.up()
    found = outputs(example)
    assert found["packages"] == {"jinja2": "3.1.5", "markupsafe": "3.0.2"}
    answer = invoke(example, found["functions"][HOME], {"name": "Ada"})
    assert answer["text"] == "Hello Ada!"
    assert answer["from"] == ["/var/task/jinja2/__init__.py", "/var/task/markupsafe/__init__.py"]
    assert {"render.py", "greeting.txt"} <= set(answer["files"])
    assert not {"requirements.txt", "notes.md"} & set(answer["files"])
    with payload_of(example, "render-eu-west-1") as archive:
        assert sum(info.file_size for info in archive.infolist()) == found["unpacked_bytes"]


@pytest.mark.parametrize("example", ["multi_region_function"], indirect=True)
def test_a_function_runs_in_each_of_its_regions_with_the_layer_there(example: Stack) -> None:
    example.up()
    functions = outputs(example)["functions"]
    assert set(functions) == {HOME, AWAY}
    for region, function in functions.items():
        assert invoke(example, function, {}, region) == {
            "region": region,
            "certificates": "/opt/python/certifi/cacert.pem",
        }
