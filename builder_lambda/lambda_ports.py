"""The ports of a build inside the builder function: S3, and the index that the function is set up for."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from builder_lambda.host_compiler import HostCompiler
from builder_lambda.index_opener import index_opener
from builder_lambda.index_options import IndexOptions
from builder_lambda.index_settings import IndexSettings
from builder_lambda.pip_resolver import PipResolver
from builder_lambda.ports import Ports
from builder_lambda.process_memory import peak_memory_bytes
from builder_lambda.s3_archives import S3Archives
from builder_lambda.uv_resolver import UvResolver

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from builder_lambda.ports import Resolver
    from builder_lambda.simple_index import SimpleIndex

_HOME = "/tmp"  # noqa: S108 - the only folder of a function that can be written (AWS: "Lambda execution environment")


def lambda_ports(environ: Mapping[str, str]) -> Ports:
    """Return the ports of a function with these environment variables.

    ``ARCHIVE_BUCKET`` must be set; ``ARCHIVE_PREFIX`` is ``python-layers/`` if it is not. ``RESOLVER`` may be ``pip``.
    """
    import boto3

    settings = IndexSettings.of({**environ, "HOME": _HOME})
    prefix = environ.get("ARCHIVE_PREFIX", "python-layers/")
    open_index = index_opener(settings, _resolvers(environ.get("RESOLVER", "uv")))
    opened = open_index(IndexOptions())
    return Ports(
        resolver=opened.resolver,
        index=opened.wheels,
        open_index=open_index,
        store=S3Archives(client=boto3.client("s3"), bucket=environ["ARCHIVE_BUCKET"], prefix=prefix),
        compiler=HostCompiler(),
        clock=time.perf_counter,
        peak_memory=peak_memory_bytes,
    )


def _resolvers(name: str) -> Callable[[IndexSettings, SimpleIndex], Resolver]:
    match name:
        case "uv":
            return lambda settings, listing: UvResolver(
                settings=settings, cache=Path(_HOME, "uv-cache"), listing=listing
            )
        case "pip":
            return lambda settings, _listing: PipResolver(settings=settings)
        case _:
            raise ValueError(f"RESOLVER must be 'uv' or 'pip', not {name!r}")
