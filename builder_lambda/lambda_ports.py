"""The ports of a build inside the builder function: S3, and the index that the function is set up for."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builder_lambda.host_compiler import HostCompiler
from builder_lambda.index_opener import index_opener
from builder_lambda.index_options import IndexOptions
from builder_lambda.index_settings import IndexSettings
from builder_lambda.lambda_wheel_builder import LambdaWheelBuilder
from builder_lambda.pip_resolver import PipResolver
from builder_lambda.ports import Ports
from builder_lambda.process_memory import peak_memory_bytes
from builder_lambda.s3_archives import S3Archives
from builder_lambda.uv_resolver import UvResolver
from builder_lambda.wheel_builder_on_demand import WheelBuilderOnDemand

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from builder_lambda.index_opener import OpenedIndexes
    from builder_lambda.ports import Resolver, WheelBuilder

_HOME = "/tmp"  # noqa: S108 - the only folder of a function that can be written (AWS: "Lambda execution environment")


def lambda_ports(environ: Mapping[str, str]) -> Ports:
    """Return the ports of a function with these environment variables.

    ``ARCHIVE_BUCKET`` must be set; ``ARCHIVE_PREFIX`` is ``python-layers/`` if it is not. ``RESOLVER`` may be ``pip``.
    ``SOURCE_BUILDER`` is the ARN of the function for source builds; with ``SOURCE_COMPILER=system`` they are made here,
    with the compiler of the machine. Without both there are none.
    """
    import boto3

    settings = IndexSettings.of({**environ, "HOME": _HOME})
    prefix = environ.get("ARCHIVE_PREFIX", "python-layers/")
    open_index = index_opener(settings, _resolvers(environ.get("RESOLVER", "uv")))
    opened = open_index(IndexOptions())
    from botocore.config import Config

    # Presigned URLs of the older signature are refused by newer regions, and where objects are encrypted by KMS.
    client = boto3.client("s3", config=Config(signature_version="s3v4"))
    store = S3Archives(client=client, bucket=environ["ARCHIVE_BUCKET"], prefix=prefix)
    return Ports(
        resolver=opened.resolver,
        index=opened.wheels,
        listing=opened.listing,
        open_index=open_index,
        store=store,
        wheel_builder=_wheel_builder(environ, store),
        compiler=HostCompiler(),
        clock=time.perf_counter,
        peak_memory=peak_memory_bytes,
    )


def _wheel_builder(environ: Mapping[str, str], store: S3Archives) -> WheelBuilder | None:
    if environ.get("SOURCE_COMPILER") == "system":
        return WheelBuilderOnDemand(Path(_HOME), {**environ, "HOME": _HOME}, "system")
    arn = environ.get("SOURCE_BUILDER")
    return LambdaWheelBuilder(function_arn=arn, client=_patient_client, store=store) if arn else None


def _patient_client() -> Any:
    """Return a client that waits as long as a function may run, and never starts a second build."""
    import boto3
    from botocore.config import Config

    return boto3.client(
        "lambda", config=Config(read_timeout=910, retries={"total_max_attempts": 1}, tcp_keepalive=True)
    )


def _resolvers(name: str) -> Callable[[OpenedIndexes], Resolver]:
    match name:
        case "uv":
            return lambda opened: UvResolver(
                settings=opened.settings, cache=Path(_HOME, "uv-cache"), listing=opened.listing
            )
        case "pip":
            return lambda opened: PipResolver(settings=opened.settings)
        case _:
            raise ValueError(f"RESOLVER must be 'uv' or 'pip', not {name!r}")
