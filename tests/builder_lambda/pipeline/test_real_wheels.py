"""Real tools, real wheels, few and small. All need the package index."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from builder_lambda import BuildRequest, BuildResult, ResolveRequest, Target, resolve
from builder_lambda.errors.base import LayerError
from builder_lambda.errors.indexes import IndexUnreachable
from builder_lambda.errors.requirements import UrlNotFound
from builder_lambda.errors.resolution import NoCompatibleWheel, UnknownPackage, UnresolvableRequirements
from builder_lambda.hosts.local_ports import local_ports
from builder_lambda.indexes.settings import IndexSettings
from builder_lambda.locks.selection import select_wheels
from builder_lambda.pipeline.build import build
from builder_lambda.ports.ports import Resolver
from builder_lambda.resolvers.uv import UvResolver
from builder_lambda.stores.disk import LocalArchives
from tests.builder_lambda.fakes import indexes_of, query

pytestmark = pytest.mark.index

HERE = Target.parse(
    f"python{sys.version_info[0]}.{sys.version_info[1]}", {"aarch64": "arm64"}.get(platform.machine(), "x86_64")
)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("layers")


def built(folder: Path, target: Target, *requirements: str, name: str = "demo") -> BuildResult:
    ports = local_ports(folder)
    lock = resolve(ResolveRequest(requirements=requirements, target=target), ports).lock_sha256
    return build(BuildRequest(name=name, target=target, lock_sha256=lock), ports)


def test_layer_works_and_two_folders_give_the_same_bytes(tmp_path: Path) -> None:
    requirements = ("requests==2.34.2", "PyYAML==6.0.3", "numpy==2.2.6")
    first, second = (built(tmp_path / name, HERE, *requirements) for name in ("one", "two"))
    assert first.code_sha256 == second.code_sha256
    assert first.content_hash == second.content_hash
    assert first.lock_sha256 == second.lock_sha256

    layer = tmp_path / "opt"
    archive = LocalArchives(tmp_path / "one").path(first.archive_key)
    subprocess.run(["unzip", "-q", archive, "-d", layer], check=True)
    program = (
        "import sys; sys.path.insert(0, 'python')\n"
        "import importlib.metadata, numpy, requests, yaml\n"
        "print(numpy.arange(4).sum(), yaml.safe_load('[1]'), yaml.__with_libyaml__)\n"
        "print(importlib.metadata.version('requests'), len(importlib.metadata.files('numpy')) > 500)\n"
    )
    interpreter = Path(sys.base_prefix) / "bin" / HERE.runtime
    run = subprocess.run(
        [interpreter, "-I", "-S", "-c", program], cwd=layer, capture_output=True, text=True, check=False
    )
    assert run.stdout == "6 [1] True\n2.34.2 True\n", run.stderr


def test_versions_of_the_previous_lock_are_kept(folder: Path) -> None:
    ports = local_ports(folder)
    first = resolve(ResolveRequest(requirements=("requests==2.31.0",), target=HERE), ports)

    request = ResolveRequest(requirements=("requests", "idna"), target=HERE, previous_lock_sha256=first.lock_sha256)
    assert resolve(request, ports).packages["requests"] == "2.31.0"


def test_markers_are_read_for_the_target(folder: Path) -> None:
    ports = local_ports(folder)
    packages = {
        runtime: resolve(
            ResolveRequest(requirements=("anyio==4.9.0",), target=Target.parse(runtime, "arm64")), ports
        ).packages
        for runtime in ("python3.10", "python3.12")
    }
    assert "exceptiongroup" in packages["python3.10"]
    assert "exceptiongroup" not in packages["python3.12"]


def test_wheel_named_by_url_is_used_and_its_hash_checked(folder: Path) -> None:
    ports = local_ports(folder)
    lock = indexes_of(ports).resolver.resolve(query("idna==3.20", target=HERE))
    (wheel,) = select_wheels(lock, HERE)
    result = built(folder, HERE, f"idna @ {wheel.url}#sha256={wheel.sha256}", name="by-url")
    assert result.packages["idna"].version == "3.20"

    with pytest.raises(LayerError, match="wheel-hash-mismatch"):
        built(folder, HERE, f"idna @ {wheel.url}#sha256={'0' * 64}", name="by-url")


@pytest.fixture
def resolver(folder: Path) -> Resolver:
    return UvResolver(settings=IndexSettings.of(os.environ), cache=folder / "uv")


def test_unknown_projects_are_named(resolver: Resolver) -> None:
    names = ["this-name-does-not-exist-xyzzy-1", "this-name-does-not-exist-xyzzy-2"]
    with pytest.raises(UnknownPackage) as caught:
        resolver.resolve(query(*names, "idna", target=HERE))
    assert caught.value.names == tuple(names)


def test_projects_without_a_wheel_are_named(resolver: Resolver) -> None:
    with pytest.raises(NoCompatibleWheel) as caught:
        resolver.resolve(query("docopt==0.6.2", "idna", "pyspark==3.5.0", target=HERE))
    assert caught.value.packages == ("docopt", "pyspark")


def test_conflict_is_explained(resolver: Resolver) -> None:
    with pytest.raises(UnresolvableRequirements, match="depends on botocore"):
        resolver.resolve(query("boto3==1.34", "botocore==1.31.0", target=HERE))


def test_dead_index_is_reported_without_credentials(tmp_path: Path) -> None:
    url = "http://user:secret@127.0.0.1:9/simple"
    settings = IndexSettings.of({**os.environ, "UV_INDEX_URL": url, "UV_HTTP_RETRIES": "0"})
    with pytest.raises(IndexUnreachable, match="Connection refused") as caught:
        UvResolver(settings=settings, cache=tmp_path).resolve(query("idna", target=HERE))
    assert "secret" not in str(caught.value)


def test_a_required_url_with_nothing_at_it_is_told_from_an_index_that_does_not_answer(folder: Path) -> None:
    resolver = UvResolver(settings=IndexSettings.of(os.environ), cache=folder / "uv")
    (wheel,) = select_wheels(resolver.resolve(query("idna==3.7", target=HERE)), HERE)
    gone = wheel.url.replace("idna-3.7-", "idna-3.7.99-")

    with pytest.raises(UrlNotFound) as caught:
        resolver.resolve(query(f"idna @ {gone}#sha256={wheel.sha256}", target=HERE))

    assert caught.value == UrlNotFound(url=gone, status=404)
