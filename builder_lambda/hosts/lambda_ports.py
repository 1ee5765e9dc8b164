"""The ports of a build in the builder function: S3, and the indexes that the function is configured for."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from builder_lambda.bytecode.host_compiler import HostCompiler
from builder_lambda.contract.index_options import IndexOptions
from builder_lambda.contract.internal_addresses import ALLOW_INTERNAL_INDEXES
from builder_lambda.contract.login_rules import INDEX_LOGINS, LoginRules
from builder_lambda.contract.store_keys import PREFIX
from builder_lambda.hosts.index_opener import IndexOpener, open_with_uv
from builder_lambda.indexes.settings import IndexSettings
from builder_lambda.pipeline.measuring import peak_memory_bytes
from builder_lambda.ports.ports import IndexPorts, Ports
from builder_lambda.sdists.codebuild_builder import CodeBuildWheelBuilder
from builder_lambda.sdists.lambda_builder import LambdaWheelBuilder
from builder_lambda.stores.cache_folders import UV_CACHE
from builder_lambda.stores.s3 import S3Archives

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder_lambda.ports.ports import WheelBuilder

_HOME = "/tmp"  # noqa: S108 - the only folder of a function that can be written (AWS: "Lambda execution environment")


def lambda_ports(environ: Mapping[str, str]) -> Ports:
    """Return the ports of a function with these environment variables.

    ``ARCHIVE_BUCKET`` must be set; ``ARCHIVE_PREFIX`` is optional. ``SOURCE_BUILDER`` is the ARN of the function for
    source builds, and ``SOURCE_PROJECT`` the name of the CodeBuild project for them. Without both there are none.
    """
    # Presigned URLs of the older signature are refused by newer regions, and where objects are encrypted by KMS.
    client = boto3.client("s3", config=Config(signature_version="s3v4"))
    prefix = environ.get("ARCHIVE_PREFIX", PREFIX)
    store = S3Archives(client=client, bucket=environ["ARCHIVE_BUCKET"], prefix=prefix)
    return Ports(
        open_indexes=LambdaIndexes(IndexSettings.of({**environ, "HOME": _HOME})),
        store=store,
        wheel_builder=_wheel_builder(environ, store),
        compiler=HostCompiler(),
        clock=time.perf_counter,
        peak_memory=peak_memory_bytes,
    )


class LambdaIndexes:
    """Opens the indexes of requests. Those of the function stay open for the next request."""

    def __init__(self, settings: IndexSettings) -> None:
        """Open with the settings of the function. Its variable ``INDEX_LOGINS`` has the logins that requests may name.

        With ``ALLOW_INTERNAL_INDEXES=1``, an index may be at an address of this machine.

        :raises InvalidOptions: if the variable has another form.
        """
        rules = LoginRules.parse(settings.environ.get(INDEX_LOGINS, ""))
        allows_internal = settings.environ.get(ALLOW_INTERNAL_INDEXES) == "1"
        self._opener = IndexOpener(settings=settings, rules=rules, allows_internal=allows_internal)
        self._own = cache(lambda: self._open(IndexOptions()))

    def __call__(self, options: IndexOptions) -> IndexPorts:
        """Return the ports for what a request says about indexes. Logins that it refers to are looked up each time."""
        return self._open(options) if options else self._own()

    def _open(self, options: IndexOptions) -> IndexPorts:
        return open_with_uv(self._opener, options, Path(_HOME, UV_CACHE))


def _wheel_builder(environ: Mapping[str, str], store: S3Archives) -> WheelBuilder | None:
    if project := environ.get("SOURCE_PROJECT"):
        return CodeBuildWheelBuilder(project=project, client=lambda: boto3.client("codebuild"), store=store)
    arn = environ.get("SOURCE_BUILDER")
    return LambdaWheelBuilder(function_arn=arn, client=_patient_client, store=store) if arn else None


def _patient_client() -> Any:
    """Return a client that waits as long as a function may run, and never starts a second build."""
    return boto3.client(
        "lambda", config=Config(read_timeout=910, retries={"total_max_attempts": 1}, tcp_keepalive=True)
    )
