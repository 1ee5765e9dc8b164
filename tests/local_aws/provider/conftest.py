"""The stand-in over gRPC, and an embedded AWS of its own for the tests that need one."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config

from local_aws.environments.folders import Folders
from local_aws.processes.emulator_parts import emulator_parts
from local_aws.processes.emulator_process import Emulator
from tests.local_aws.provider.engine import Engine, served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_iam import IAMClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_ssm import SSMClient

    from local_aws.provider.wire import Json

ACCOUNT = "111122223333"
REGION, OTHER_REGION = "us-east-1", "eu-west-1"


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The endpoint of an embedded AWS that lives as long as the tests."""
    parts = emulator_parts(Folders.of_clone(), report=lambda _: None)
    embedded = Emulator(folder=tmp_path_factory.mktemp("aws"), parts=parts)
    with warnings.catch_warnings():
        # the launcher lets go of a process that is meant to outlive it
        warnings.simplefilter("ignore", ResourceWarning)
        embedded.start()
    yield embedded.endpoint
    embedded.remove()


def configuration(endpoint: str) -> dict[str, Json]:
    return {
        "accessKey": ACCOUNT,
        "secretKey": "test",
        "region": REGION,
        "s3UsePathStyle": True,
        "skipCredentialsValidation": True,
        "skipMetadataApiCheck": True,
        "endpoints": [dict.fromkeys(("codebuild", "iam", "lambda", "logs", "s3", "ssm", "sts"), endpoint)],
        "version": "7.51.1",
    }


@pytest.fixture
def engine() -> Iterator[Engine]:
    """An engine whose provider is configured for a place where nothing answers."""
    with served() as engine:
        engine.configure(configuration("http://127.0.0.1:1"))
        yield engine


class Aws:
    """The embedded AWS behind the stand-in's back."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint

    def _client(self, service: str, region: str) -> object:
        client: object = boto3.Session(
            aws_access_key_id=ACCOUNT, aws_secret_access_key="test", region_name=region
        ).client(service, endpoint_url=self._endpoint, config=Config(s3={"addressing_style": "path"}))  # type: ignore[call-overload]  # by its name
        return client

    def codebuild(self) -> Any:
        return self._client("codebuild", REGION)

    def s3(self, region: str = REGION) -> S3Client:
        return self._client("s3", region)  # type: ignore[return-value]  # by its name

    def functions(self, region: str = REGION) -> LambdaClient:
        return self._client("lambda", region)  # type: ignore[return-value]  # by its name

    def iam(self) -> IAMClient:
        return self._client("iam", REGION)  # type: ignore[return-value]  # by its name

    def logs(self) -> CloudWatchLogsClient:
        return self._client("logs", REGION)  # type: ignore[return-value]  # by its name

    def ssm(self) -> SSMClient:
        return self._client("ssm", REGION)  # type: ignore[return-value]  # by its name


@pytest.fixture
def aws(emulator: str) -> Aws:
    return Aws(emulator)


@pytest.fixture
def live(emulator: str) -> Iterator[Engine]:
    """An engine whose provider works on the embedded AWS."""
    with served() as engine:
        engine.configure(configuration(emulator))
        yield engine
