"""The embedded AWS tells of layer versions what the fake of the unit tests does."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from local_aws.processes.emulator_process import Emulator
from tests.components.attachment.layer_versions_contract import LayerVersionsContract, Publisher

pytestmark = pytest.mark.e2e

HERE, ELSEWHERE = "444455556666", "777788889999"


class EmulatorPublisher(Publisher):
    """Publishes to the embedded AWS."""

    def __init__(self, account_on: Callable[..., Any], emulator: Emulator) -> None:
        self._here = account_on(emulator, HERE).client("lambda")
        self._elsewhere = account_on(emulator, ELSEWHERE).client("lambda")

    def client(self) -> Any:
        return self._here

    def publish(self, name: str, content: bytes, *, runtimes: Sequence[str], architectures: Sequence[str]) -> str:
        arn: str = self._here.publish_layer_version(
            LayerName=name,
            Content={"ZipFile": content},
            CompatibleRuntimes=list(runtimes),
            CompatibleArchitectures=list(architectures),
        )["LayerVersionArn"]
        return arn

    def publish_elsewhere(self, name: str, content: bytes, *, shared: bool) -> str:
        published = self._elsewhere.publish_layer_version(LayerName=name, Content={"ZipFile": content})
        if shared:
            self._elsewhere.add_layer_version_permission(
                LayerName=name,
                VersionNumber=published["Version"],
                StatementId="here",
                Action="lambda:GetLayerVersion",
                Principal=HERE,
            )
        arn: str = published["LayerVersionArn"]
        return arn

    def delete(self, arn: str) -> None:
        layer, _, version = arn.rpartition(":")
        self._here.delete_layer_version(LayerName=layer.rpartition(":")[2], VersionNumber=int(version))


class TestEmulator(LayerVersionsContract):
    """The embedded AWS answers as Lambda does."""

    @pytest.fixture
    def publisher(self, account_on: Callable[..., Any], emulator: Emulator) -> Publisher:
        return EmulatorPublisher(account_on, emulator)
