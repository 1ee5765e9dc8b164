"""Fixtures for the tests of the embedded AWS."""

import contextlib
import io
import json
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local_aws.environments.folders import Folders
from local_aws.processes.emulator_parts import emulator_parts
from local_aws.processes.emulator_process import Emulator, EmulatorParts

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    """Return a zip archive of `files`."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as written:
        for name, content in files.items():
            written.writestr(name, content)
    return archive.getvalue()


@pytest.fixture(scope="session")
def parts() -> EmulatorParts:
    return emulator_parts(Folders.of_clone(), report=lambda _: None)


@pytest.fixture(scope="session")
def emulator(parts: EmulatorParts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """One embedded AWS for all tests that leave it running; functions and roles in it have names of their own."""
    running = Emulator(folder=tmp_path_factory.mktemp("aws"), parts=parts)
    running.start()
    yield running
    running.stop()


class Account:
    """An account on the embedded AWS, as its root."""

    def __init__(self, emulator: Emulator, number: str = "000000000000", region: str = "eu-west-1") -> None:
        self._emulator = emulator
        self._session = boto3.Session(aws_access_key_id=number, aws_secret_access_key="local", region_name=region)
        self.number = number

    def client(self, service: str) -> Any:
        return self._session.client(service, endpoint_url=self._emulator.endpoint)  # type: ignore[call-overload]  # by name

    def role(self, name: str, *statements: Mapping[str, object]) -> str:
        roles = self.client("iam")
        arn: str = roles.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
        if statements:
            self.role_policy(name, *statements)
        return arn

    def role_policy(self, role: str, *statements: Mapping[str, object]) -> None:
        document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        self.client("iam").put_role_policy(RoleName=role, PolicyName="own", PolicyDocument=document)

    def _powerless_role(self) -> str:
        with contextlib.suppress(ClientError):
            return self.role("powerless")
        return f"arn:aws:iam::{self.number}:role/powerless"

    def function(self, name: str, source: str, **settings: Any) -> None:
        functions = self.client("lambda")
        settings = {"Runtime": self._emulator.runtimes[-1], "Timeout": 30, "MemorySize": 256, **settings}
        settings.setdefault("Role", self._powerless_role())
        code = {"ZipFile": zipped({"code.py": source})}
        functions.create_function(FunctionName=name, Handler="code.handler", Code=code, **settings)
        while functions.get_function_configuration(FunctionName=name)["State"] == "Pending":
            time.sleep(0.02)

    def invoke(self, name: str, event: object = None) -> tuple[str | None, Any]:
        """Return the kind of error, and the payload."""
        answer = self.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event).encode())
        return answer.get("FunctionError"), json.loads(answer["Payload"].read())

    def layer(self, name: str, files: Mapping[str, str | bytes]) -> str:
        published = self.client("lambda").publish_layer_version(LayerName=name, Content={"ZipFile": zipped(files)})
        arn: str = published["LayerVersionArn"]
        return arn


@pytest.fixture
def account(emulator: Emulator) -> Account:
    return Account(emulator)


@pytest.fixture
def account_on() -> Callable[[Emulator], Account]:
    return Account


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """A clone at a made-up place, with a state and a cache of its own."""
    return Folders(root=tmp_path / "clone", local=tmp_path / "clone" / ".local", cache=tmp_path / "cache")
