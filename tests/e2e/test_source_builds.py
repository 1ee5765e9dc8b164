"""The example with a package that is published as source only: built in the cloud for both architectures, and used."""

import json
import shutil
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from builder_lambda.inspection.native_library import HEADER_BYTES, native_library
from layer_deployment.version_descriptions import VersionDescription
from local_aws.pulumi_engine.pulumi_program import LocalPulumi
from tests.e2e.stack import ROOT, Stack

pytestmark = [pytest.mark.e2e, pytest.mark.index]

HOME = "eu-west-1"


@pytest.fixture
def example(pulumi: LocalPulumi, runtime: str, tmp_path: Path) -> Stack:
    program = tmp_path / "sdist_layer"
    shutil.copytree(ROOT / "examples" / "sdist_layer", program, ignore=shutil.ignore_patterns("__pycache__"))
    installed = {"python_layers": "components"} | {
        each: each for each in ("builder_lambda", "layer_deployment", ".venv")
    }
    for name, source in installed.items():
        (program / name).symlink_to(ROOT / source)
    return Stack(
        pulumi=pulumi,
        program=program,
        name="test",
        account="777766664444",
        config={"sdist-layer:runtime": runtime},
    )


def archive_of(stack: Stack, layer_version_arn: str) -> zipfile.ZipFile:
    (_, _, _, region, _, _, name, version) = layer_version_arn.split(":")
    found = stack.client("s3", region)
    (bucket,) = [each["Name"] for each in found.list_buckets()["Buckets"]]
    described = stack.client("lambda", region).get_layer_version(LayerName=name, VersionNumber=int(version))
    said = VersionDescription.parse(described["Description"])
    assert said is not None
    key = f"python-layers/archives/{name}/{said.content_hash}.zip"
    return zipfile.ZipFile(BytesIO(found.get_object(Bucket=bucket, Key=key)["Body"].read()))


def test_a_package_without_wheels_is_compiled_for_both_architectures_and_imported(example: Stack, runtime: str) -> None:
    example.up()
    outputs: dict[str, Any] = json.loads(example.say("stack", "output", "--json"))

    answer = example.client("lambda", HOME).invoke(
        FunctionName=outputs["functions"][HOME]["name"], Payload=json.dumps({"text": "123456789"}).encode()
    )
    tag = f"cpython-{runtime.removeprefix('python').replace('.', '')}"
    assert json.loads(answer["Payload"].read()) == {
        "crc32": "cbf43926",  # the check value of CRC-32 (ITU-T V.42)
        "compiled": f"/opt/python/crcmod/_crcfunext.{tag}-x86_64-linux-gnu.so",
    }

    for architecture, machine in {"x86_64": "x86_64", "arm64": "aarch64"}.items():
        target = outputs["layer"][f"{runtime}-{architecture}"]
        assert target["packages"] == {"crcmod": "1.7", "idna": "3.10"}
        with archive_of(example, target["layer_version_arns"][HOME]) as archive:
            path = f"python/crcmod/_crcfunext.{tag}-{machine}-linux-gnu.so"
            assert native_library(path, archive.read(path)[:HEADER_BYTES]).machine == machine

    # What ran the package's code may do nothing with its role but write its log; the builder may invoke exactly it.
    iam = example.client("iam")
    roles = [role["RoleName"] for role in iam.list_roles()["Roles"]]
    (sources,) = [name for name in roles if name.startswith("layers-sources-role")]
    (policy,) = iam.list_role_policies(RoleName=sources)["PolicyNames"]
    document = iam.get_role_policy(RoleName=sources, PolicyName=policy)["PolicyDocument"]
    assert [statement["Sid"] for statement in document["Statement"]] == ["WriteLogs"]

    example.destroy()
