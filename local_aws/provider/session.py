"""The clients of the embedded AWS, one for each service and region, and the waiting for it."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import UnknownRegionError

from local_aws.provider.errors import Cancelled, InvalidConfiguration, NotEmulated, aws_code, doing

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from mypy_boto3_iam import IAMClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_sts import STSClient

    from local_aws.provider.settings import ProviderSettings

    Result = TypeVar("Result")

DEFAULT_TIMEOUT_SECONDS = 600
"""How long an operation may take when the program sets no custom timeout: terraform-provider-aws's ten minutes."""

_PAUSE_SECONDS = 1.0


class Clients:
    """boto3 clients, made at first use. Safe for use from many threads."""

    def __init__(self, settings: ProviderSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._clients: dict[tuple[str, str], object] = {}
        self._session: boto3.Session | None = None

    def get(self, service: str, region: str) -> object:
        """Return the client of ``service`` in ``region``.

        :raises NotEmulated: if the service has no endpoint of the embedded AWS.
        """
        with self._lock:
            key = (service, region)
            if key not in self._clients:
                if self._session is None:
                    self._session = self._signed_in()
                self._clients[key] = self._client(self._session, service, region)
            return self._clients[key]

    def _client(self, session: boto3.Session, service: str, region: str) -> object:
        settings = self._settings
        variable = f"AWS_ENDPOINT_URL_{service.upper()}"
        url = settings.endpoint(service) or os.environ.get(variable) or os.environ.get("AWS_ENDPOINT_URL")
        if not url:
            raise NotEmulated(service)
        config = Config(
            retries={"mode": settings.retry_mode, "total_max_attempts": settings.maximum_retries + 1},
            s3={"addressing_style": "path" if settings.uses_path_style else "auto"},
            max_pool_connections=32,
        )
        client: object = session.client(service, region_name=region, endpoint_url=url, config=config)  # type: ignore[call-overload]  # the stubs want a literal name
        return client

    def _signed_in(self) -> boto3.Session:
        settings = self._settings
        session = boto3.Session(
            aws_access_key_id=settings.access_key or None,
            aws_secret_access_key=settings.secret_key or None,
            aws_session_token=settings.token or None,
            profile_name=settings.profile or None,
            region_name=settings.region or None,
        )
        for role in settings.assumed_roles:
            sts: STSClient = self._client(session, "sts", settings.region)  # type: ignore[assignment]  # by its name
            external = {"ExternalId": role.external_id} if role.external_id else {}
            with doing(f"assuming the role {role.role_arn}"):
                reply = sts.assume_role(RoleArn=role.role_arn, RoleSessionName=role.session_name, **external)  # type: ignore[arg-type]  # an optional argument
            credentials = reply["Credentials"]
            session = boto3.Session(
                aws_access_key_id=credentials["AccessKeyId"],
                aws_secret_access_key=credentials["SecretAccessKey"],
                aws_session_token=credentials["SessionToken"],
                region_name=settings.region or None,
            )
        return session


@dataclass(frozen=True, kw_only=True, slots=True)
class Aws:
    """The embedded AWS for one operation."""

    settings: ProviderSettings
    clients: Clients
    cancelled: threading.Event = field(default_factory=threading.Event)
    timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS

    def codebuild(self, region: str) -> Any:
        """Return the CodeBuild client of ``region``."""
        return self.clients.get("codebuild", region)

    def s3(self, region: str) -> S3Client:
        """Return the S3 client of ``region``. A bucket answers only in its own region."""
        return self.clients.get("s3", region)  # type: ignore[return-value]  # by its name

    def functions(self, region: str) -> LambdaClient:
        """Return the Lambda client of ``region``."""
        return self.clients.get("lambda", region)  # type: ignore[return-value]  # by its name

    def iam(self) -> IAMClient:
        """Return the IAM client. IAM has no regions."""
        return self.clients.get("iam", self.region)  # type: ignore[return-value]  # by its name

    def logs(self, region: str) -> CloudWatchLogsClient:
        """Return the CloudWatch Logs client of ``region``."""
        return self.clients.get("logs", region)  # type: ignore[return-value]  # by its name

    def ssm(self, region: str) -> SSMClient:
        """Return the SSM client of ``region``."""
        return self.clients.get("ssm", region)  # type: ignore[return-value]  # by its name

    def sts(self) -> STSClient:
        """Return the STS client of the provider's region."""
        return self.clients.get("sts", self.region)  # type: ignore[return-value]  # by its name

    @property
    def region(self) -> str:
        """The provider's region.

        :raises InvalidConfiguration: if none is configured.
        """
        region = self.settings.region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
        if not region:
            raise InvalidConfiguration(
                "invalid AWS Region: none is configured. Set one with: pulumi config set aws:region <region>"
            )
        return region

    @property
    def account(self) -> str:
        """The account of the provider's credentials."""
        with doing("retrieving caller identity from STS"):
            return self.sts().get_caller_identity()["Account"]

    @property
    def partition(self) -> str:
        """The partition of the provider's region, such as ``aws``."""
        return partition_of(self.region)

    def retried(self, call: Callable[[], Result], passes: Callable[[Exception], bool], seconds: float) -> Result:
        """Return the result of ``call``. Repeat it for up to ``seconds`` while ``passes`` is true for its error.

        :raises Cancelled: if the engine cancels the operation.
        """
        deadline = time.monotonic() + min(seconds, self.timeout_seconds)
        while True:
            try:
                return call()
            except Exception as error:
                if not passes(error) or time.monotonic() >= deadline:
                    raise
            if self.cancelled.wait(_PAUSE_SECONDS):
                raise Cancelled


def partition_of(region: str) -> str:
    """Return the partition of ``region``.

    :raises InvalidConfiguration: if there is no such region.
    """
    try:
        return str(boto3.Session().get_partition_for_region(region))
    except UnknownRegionError as error:
        raise InvalidConfiguration(f"invalid AWS Region: {region}") from error


def error_is(*codes: str) -> Callable[[Exception], bool]:
    """Return a function that tests whether an error has one of AWS's ``codes``."""
    return lambda error: aws_code(error) in codes
