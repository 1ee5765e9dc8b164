"""A builder on this machine, with the real uv and the real downloads, and what its role can read."""

import json
import platform
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from builder_lambda import Ports, ResolveRequest, ResolveResult, Target, resolve
from builder_lambda.contract.index_options import IndexOptions
from builder_lambda.hosts.index_opener import IndexOpener, OpenedIndexes
from builder_lambda.indexes.settings import IndexSettings
from builder_lambda.ports.ports import IndexPorts
from builder_lambda.resolvers.uv import UvResolver
from tests.builder_lambda.fakes import MemoryArchives
from tests.builder_lambda.guarded_index import GuardedIndex
from tests.builder_lambda.wheel_factory import MadeWheel, make_wheel

TARGET = Target.parse("python3.13", "arm64")
OLD_TARGET = Target.parse("python3.11", "x86_64")
HERE = Target.parse(
    f"python{sys.version_info[0]}.{sys.version_info[1]}", "arm64" if platform.machine() == "aarch64" else "x86_64"
)
"""pip resolves for the Python that runs it, and no other."""
ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:pypi/team-AbCdEf"
LOGIN = ("builder", "s3cr3t-p%40ss/w:rd")
"""With every character that a URL would have to escape."""


def needing(name: str, version: str, *requirements: str, tag: str = "py3-none-any") -> MadeWheel:
    lines = "".join(f"Requires-Dist: {requirement}\n" for requirement in requirements)
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{lines}"
    return make_wheel(name, version, tag=tag, metadata={"METADATA": metadata})


class SecretsManager:
    """What a builder's role can read."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self.secrets = dict(secrets)
        self.asked: list[str] = []

    def __call__(self, service: str, region: str) -> "SecretsManager":
        assert (service, region) == ("secretsmanager", "eu-west-1")
        return self

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:  # noqa: N803 - boto3's name
        self.asked.append(SecretId)
        if SecretId not in self.secrets:
            from botocore.exceptions import ClientError

            message = "Secrets Manager can't find the specified secret."
            raise ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": message}}, "GetSecretValue")
        return {"SecretString": self.secrets[SecretId]}


class NoCompiler:
    """For layers without bytecode."""

    def version(self, python_version: str) -> str:
        raise AssertionError("no bytecode is asked for")

    jobs = 1

    def opened(self, python_version: str, *, mounted_at: str) -> Any:
        raise AssertionError("no bytecode is asked for")


class Builder:
    """A builder whose default index is a public one, as by its own variables."""

    def __init__(self, folder: Path, public: GuardedIndex, secrets: SecretsManager) -> None:
        self.store = MemoryArchives()
        self.secrets = secrets
        self.commands: list[list[str]] = []
        self.files: list[str] = []
        self.cache = folder / "cache"
        environ = {"UV_DEFAULT_INDEX": public.url, "UV_HTTP_RETRIES": "0", "PIP_CONFIG_FILE": "/dev/null"}
        self.settings = IndexSettings.of({**environ, "HOME": str(folder), "PATH": "/usr/bin:/bin"})

    def uv(self, opened: OpenedIndexes) -> UvResolver:
        return UvResolver(settings=opened.settings, cache=self.cache, listing=opened.listing, run=self.run)

    def open_indexes(self, options: IndexOptions) -> IndexPorts:
        opened = IndexOpener(settings=self.settings, client=self.secrets).open(options)
        return opened.ports(self.uv(opened))

    def run(self, command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        self.commands.append(command)
        run = subprocess.run(command, **options)
        folder = Path(options["cwd"])
        self.files += [path.read_text() for path in folder.rglob("*") if path.is_file()]
        return run

    def ports(self) -> Ports:
        return Ports(
            open_indexes=self.open_indexes,
            store=self.store,
            compiler=NoCompiler(),
            clock=time.perf_counter,
            peak_memory=lambda: 0,
            now=lambda: datetime(2026, 3, 10, tzinfo=UTC),
        )

    def resolve(self, *requirements: str, target: Target = TARGET, **more: Any) -> ResolveResult:
        request = ResolveRequest(requirements=requirements, target=target, **more)
        return resolve(ResolveRequest.from_mapping(json.loads(json.dumps(request.to_mapping()))), self.ports())

    def lock_text(self, result: ResolveResult) -> str:
        return self.store.texts[f"locks/{result.lock_sha256}.toml"]


def team(server: GuardedIndex, **more: object) -> dict[str, object]:
    return {"name": "team", "url": server.url, "secret_arn": ARN, **more}


def indexes(*extra: Mapping[str, object], **more: object) -> IndexOptions:
    return IndexOptions.from_mapping({"extra": list(extra), **more})


def paths(server: GuardedIndex) -> set[str]:
    return {item.path for item in server.asked}
