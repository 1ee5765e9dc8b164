import json
from pathlib import Path

import pulumi
import pytest
from pulumi.runtime import MockResourceArgs

from builder_lambda import IndexOptions, PackageIndex, SecretLogin
from components import LayerBuilder, LayerBuilderArgs
from tests.conftest import RecordingEngine

REGIONS = ("eu-west-1", "us-east-1")


@pytest.fixture
def code(tmp_path: Path) -> Path:
    path = tmp_path / "builder.zip"
    path.write_bytes(b"the builder's archive")
    return path


def of_type(made: dict[str, MockResourceArgs], kind: str) -> dict[str, MockResourceArgs]:
    return {name: resource for name, resource in made.items() if resource.typ.endswith(kind)}


def test_the_builder_has_a_function_per_runtime_and_a_bucket_per_region(engine: RecordingEngine, code: Path) -> None:
    made = engine.deploy(
        lambda: LayerBuilder(
            "builder",
            LayerBuilderArgs(regions=REGIONS, runtimes=["python3.12", "python3.13"], memory_mb=2048, code=code),
        )
    )
    functions = of_type(made, ":Function")
    assert {name: resource.inputs["runtime"] for name, resource in functions.items()} == {
        "builder-python312-x86_64": "python3.12",
        "builder-python313-x86_64": "python3.13",
    }
    for function in functions.values():
        assert function.inputs["handler"] == "builder_lambda.hosts.handler.handler"
        assert function.inputs["memorySize"] == 2048
        assert function.inputs["region"] == "eu-west-1"
        assert function.inputs["environment"] == {
            "variables": {"ARCHIVE_BUCKET": "builder-archives-eu-west-1", "ARCHIVE_PREFIX": "python-layers/"}
        }
    assert {resource.inputs["region"] for resource in of_type(made, ":Bucket").values()} == set(REGIONS)
    assert len(of_type(made, ":BucketObjectv2")) == 1, "runtimes with the same archive share its object"


def test_the_builder_may_read_the_logins_of_private_indexes(engine: RecordingEngine, code: Path) -> None:
    secret = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:index-a1b2c3"
    index = IndexOptions(
        default=PackageIndex(name="own", url="https://index.example.invalid/simple", login=SecretLogin(arn=secret))
    )
    made = engine.deploy(
        lambda: LayerBuilder(
            "builder",
            LayerBuilderArgs(
                regions=REGIONS,
                runtimes=["python3.13"],
                index=index,
                code=code,
                hosts=["codebuild"],
                source_builds=True,
            ),
        )
    )
    rules = json.dumps([{"origin": "https://index.example.invalid:443", "secret_arn": secret}], separators=(",", ":"))
    function = made["builder-python313-x86_64"].inputs["environment"]["variables"]
    project = made["builder-codebuild-python313-x86_64"].inputs["environment"]["environmentVariables"]
    assert function["INDEX_LOGINS"] == rules
    assert {"name": "INDEX_LOGINS", "value": rules} in project
    assert "INDEX_LOGINS" not in str(made["builder-sources-python313-x86_64"].inputs), "it runs code of packages"
    (statement,) = json.loads(made["builder-role-indexes"].inputs["policy"])["Statement"]
    assert (statement["Action"], statement["Resource"]) == ("secretsmanager:GetSecretValue", [secret])


@pytest.mark.parametrize(
    "kind",
    [
        ":BucketPublicAccessBlock",
        ":BucketServerSideEncryptionConfiguration",
        ":BucketPolicy",
        ":BucketLifecycleConfiguration",
    ],
)
def test_every_bucket_is_protected(engine: RecordingEngine, code: Path, kind: str) -> None:
    made = engine.deploy(lambda: LayerBuilder("builder", LayerBuilderArgs(regions=REGIONS, runtimes=[], code=code)))
    assert {part.inputs["region"] for part in of_type(made, kind).values()} == set(REGIONS)


def test_all_runtimes_that_lambda_lacks_are_reported_together(engine: RecordingEngine, code: Path) -> None:
    args = LayerBuilderArgs(regions=REGIONS, runtimes=["python2.7", "python3.13", "python3.99"], code=code)
    with pytest.raises(pulumi.RunError) as raised:
        engine.deploy(lambda: LayerBuilder("builder", args))
    message = str(raised.value)
    assert message.count("unsupported-target: ") == 2
    assert "'python2.7'" in message
    assert "'python3.99'" in message
