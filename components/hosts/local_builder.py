"""LocalBuilder: builds in this process, with the archive bucket as its store. Nothing runs in the cloud."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from builder_lambda.contract.request import BuildRequest, BuildResult, ResolveRequest, ResolveResult
from builder_lambda.contract.store_keys import PREFIX
from builder_lambda.hosts.local_ports import local_ports
from builder_lambda.pipeline.build import build
from builder_lambda.pipeline.resolve import resolve
from builder_lambda.ports.ports import Ports
from builder_lambda.stores.s3 import S3Archives


def bucket_ports(
    folder: Path, *, bucket: str, region: str, client: Callable[[str, str], Any], environ: Mapping[str, str]
) -> Ports:
    """Return ports of this machine that use an archive bucket as their store, and cache wheels on disk.

    :param folder: cache of wheels and of the resolver.
    :param client: returns a client of an AWS service in a region.
    :param environ: variables that override those of this process, such as ``UV_INDEX_URL``.
    """
    store = S3Archives(client=client("s3", region), bucket=bucket, prefix=PREFIX)
    return local_ports(folder, {**os.environ, **environ}, store=store, client=client)


class LocalBuilder:
    """Builds in this process. See :class:`components.hosts.builders.Builder`.

    An interpreter of this machine compiles the bytecode.
    """

    def __init__(self, ports: Ports) -> None:
        """Build over these ports."""
        self._ports = ports

    def resolve(self, request: ResolveRequest) -> ResolveResult:
        """See :meth:`components.hosts.builders.Builder.resolve`."""
        return resolve(request, self._ports)

    def build(self, request: BuildRequest) -> BuildResult:
        """See :meth:`components.hosts.builders.Builder.build`.

        :raises InterpreterMissing: if bytecode is wanted, and this machine has no interpreter of the runtime.
        """
        return build(request, self._ports)
