"""Hosts: where builds run, and the builder of each.

A dynamic resource gets a mapping that describes its host, for instance::

    {"host": "local", "region": "eu-west-1"}

Its key ``host`` names the host. A mapping without this key describes the builder function, once
the only host.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import platformdirs

from builder_lambda.contract.request import BuildResult
from builder_lambda.contract.store_keys import PREFIX
from builder_lambda.hosts.function_archive import build_function_archive
from builder_lambda.ports.ports import Ports
from builder_lambda.stores.s3 import S3Archives
from layer_deployment.names import Host

from .aws_session import AwsSettings
from .build_container import SAM_IMAGE, BuildContainer, ContainerSettings
from .builders import Builder
from .codebuild_builder import CodeBuildBuilder, CodeBuildProject
from .container_builder import ContainerBuilder
from .container_wheel_builder import ContainerWheelBuilder
from .fallback_builder import FallbackBuilder
from .lambda_builder import BuilderFunction, LambdaBuilder
from .local_builder import LocalBuilder, bucket_ports

HOST_ORDER: tuple[Host, ...] = ("local", "lambda", "container")
"""The order in which ``auto`` tries hosts, the quickest first. CodeBuild needs resources, so it must be named."""

CACHE = Path(platformdirs.user_cache_dir("python-layers")) / "builder"
"""Folder of this machine for the builder's deployment package, wheels, and the files of containers."""

_OLDEST_RUNTIME = (3, 11)
"""The builder's code needs it. Layers of older runtimes are built on another runtime, without bytecode."""

_SUBSTITUTE = "python3.13"


def built_on(runtime: str) -> str:
    """Return the runtime whose interpreter builds layers of a runtime, on any host."""
    version = tuple(int(part) for part in runtime.removeprefix("python").split("."))
    return runtime if version >= _OLDEST_RUNTIME else _SUBSTITUTE


def host_of(mapping: Mapping[str, Any]) -> str:
    """Return the host that a mapping describes."""
    return str(mapping.get("host", "lambda"))


def region_of(mapping: Mapping[str, Any]) -> str:
    """Return the home region, which has the archive bucket."""
    return str(mapping["region"]) if "host" in mapping else BuilderFunction.from_mapping(mapping).region


def cost_usd(mapping: Mapping[str, Any], result: BuildResult) -> float | None:
    """Return the list price of a build; ``None`` if AWS billed nothing."""
    billed = result.seconds.get("billed")
    functions = [each for each in (mapping, *mapping.get("hosts", ())) if host_of(each) == "lambda"]
    if billed is None or not functions:
        return None
    return BuilderFunction.from_mapping(functions[0]).cost_usd(billed)


class Hosts:
    """Makes the builder that a mapping describes.

    :param aws: credentials and endpoints.
    :param bucket: the archive bucket.
    :param is_first: whether this may be the first use of a new role.
    :param report: receives lines for the user while a build runs.
    """

    def __init__(self, aws: AwsSettings, *, bucket: str, is_first: bool, report: Callable[[str], None]) -> None:
        self._aws = aws
        self._bucket = bucket
        self._is_first = is_first
        self._report = report

    def builder(self, mapping: Mapping[str, Any]) -> Builder:
        """Return the builder.

        :raises ValueError: if another version made the mapping.
        """
        match host_of(mapping):
            case "lambda":
                return self._lambda(BuilderFunction.from_mapping(mapping))
            case "local":
                return LocalBuilder(self._ports(mapping))
            case "container":
                return self._container(mapping)
            case "codebuild":
                return self._codebuild(CodeBuildProject.from_mapping(mapping))
            case "auto":
                hosts = [(host_of(each), partial(self.builder, each)) for each in mapping["hosts"]]
                return FallbackBuilder(hosts, report=self._report)
            case other:
                raise ValueError(f"there is no host {other!r}")

    def _lambda(self, function: BuilderFunction) -> LambdaBuilder:
        return LambdaBuilder(
            function,
            client=lambda config: self._aws.client("lambda", region=function.region, config=config),
            is_first=self._is_first,
        )

    def _container(self, mapping: Mapping[str, Any]) -> ContainerBuilder:
        settings = ContainerSettings(
            image=mapping.get("image") or SAM_IMAGE,
            network=mapping.get("network"),
            timeout_seconds=int(mapping["timeout_seconds"]),
        )
        container = BuildContainer(
            settings,
            folder=CACHE / "container" / "code",
            code=lambda target: build_function_archive(target, CACHE).path,
            report=self._report,
        )
        environ = {**os.environ, **(mapping.get("environment") or {})}
        ports = replace(self._ports(mapping), wheel_builder=ContainerWheelBuilder(container, environ))
        return ContainerBuilder(container, ports=ports, folder=CACHE, built_on=built_on)

    def _codebuild(self, project: CodeBuildProject) -> CodeBuildBuilder:
        return CodeBuildBuilder(
            project,
            client=lambda service: self._client(service, project.region),
            store=S3Archives(client=self._client("s3", project.region), bucket=self._bucket, prefix=PREFIX),
        )

    def _ports(self, mapping: Mapping[str, Any]) -> Ports:
        return bucket_ports(
            CACHE,
            bucket=self._bucket,
            region=mapping["region"],
            client=self._client,
            environ=mapping.get("environment") or {},
        )

    def _client(self, service: str, region: str) -> Any:
        return self._aws.client(service, region=region)
