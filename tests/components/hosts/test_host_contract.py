"""The contract of hosts: the same bytes, the same errors, and nothing built twice."""

import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from builder_lambda import BuildRequest, IndexOptions, Ports, ResolveRequest, Target
from builder_lambda.bytecode.host_compiler import HostCompiler
from builder_lambda.code.modules import pack_module
from builder_lambda.contract.options import BuildOptions
from builder_lambda.errors.locks import LockMissing
from builder_lambda.hosts import codebuild_entry, handler
from builder_lambda.hosts.container_engine import Mount
from builder_lambda.hosts.container_entry import STORE, WHEELS, main
from builder_lambda.hosts.entries import CONTAINER_MODULE
from builder_lambda.pipeline.build import build
from builder_lambda.ports.ports import IndexPorts
from builder_lambda.stores.s3 import S3Archives
from components.hosts.build_container import BuildContainer, ContainerSettings
from components.hosts.builders import Builder
from components.hosts.codebuild_builder import CodeBuildBuilder, CodeBuildProject
from components.hosts.container_builder import ContainerBuilder
from components.hosts.fallback_builder import FallbackBuilder
from components.hosts.lambda_builder import BuilderFunction, LambdaBuilder
from components.hosts.local_builder import LocalBuilder
from tests.builder_lambda.fakes import FakeS3, ListedResolver, MemoryIndex, indexes_of
from tests.builder_lambda.wheel_factory import make_wheel

TARGET = Target.parse("python3.11", "arm64")
WEB = make_wheel("web", files={"web/__init__.py": "x = 1\n"})
CORE = make_wheel("core", "2.0", files={"core.py": "y = 2\n" * 100})


@dataclass(frozen=True, kw_only=True)
class Place:
    """A bucket and an index, and a builder that uses both."""

    ports: Ports
    builder: Builder

    @property
    def fetched(self) -> list[str]:
        wheels = indexes_of(self.ports).wheels
        assert isinstance(wheels, MemoryIndex)
        return wheels.fetched


class InThisProcess(BuildContainer):
    """A container whose program runs here, on the folders that would be mounted."""

    architecture = "x86_64"

    def image_id(self, target: Target) -> str:
        return f"sha256:{target.slug}"

    def ask(
        self,
        module: str,
        request: Mapping[str, object],
        *,
        target: Target,
        mounts: Sequence[Mount],
        environ: Mapping[str, str] | None = None,
        network: str | None = "none",
    ) -> Mapping[str, Any]:
        assert (module, target.slug, network) == (CONTAINER_MODULE, "python311-x86_64", "none")
        folders = {mount.at: mount for mount in mounts}
        assert folders[STORE].writable
        assert not folders[WHEELS].writable
        patch = pytest.MonkeyPatch()
        answer = io.StringIO()
        with patch.context() as patched:
            patched.setattr("sys.stdin", io.StringIO(json.dumps(request)))
            patched.setattr("sys.stdout", answer)
            main(folders[STORE].folder, folders[WHEELS].folder)
        reply: Mapping[str, Any] = json.loads(answer.getvalue())
        return reply


class InvokedHere:
    """The builder function, as its client sees it."""

    def invoke(self, **call: Any) -> Any:
        answer = handler.handler(json.loads(call["Payload"]), None)
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}


class StartedHere:
    """A CodeBuild project whose builds run where they are started."""

    def __init__(self, store: S3Archives) -> None:
        self.store = store

    def start_build(self, *, environmentVariablesOverride: Any, **_more: Any) -> Any:  # noqa: N803 - AWS's names
        environ = {variable["name"]: variable["value"] for variable in environmentVariablesOverride}
        codebuild_entry.main(environ, self.store)
        return {"build": {"id": "layers:1", "buildStatus": "IN_PROGRESS"}}

    def batch_get_builds(self, *, ids: list[str]) -> Any:
        return {"builds": [{"id": ids[0], "buildStatus": "SUCCEEDED"}]}


def store_of(ports: Ports) -> S3Archives:
    assert isinstance(ports.store, S3Archives)
    return ports.store


def on_lambda(_ports: Ports, _folder: Path) -> Builder:
    arn = "arn:aws:lambda:eu-west-1:111122223333:function:builder"
    function = BuilderFunction(arn=arn, timeout_seconds=300, memory_mb=1024, architecture="x86_64")
    return LambdaBuilder(function, client=lambda _config: InvokedHere(), is_first=False)


def on_local(ports: Ports, _folder: Path) -> Builder:
    return LocalBuilder(ports)


def on_container(ports: Ports, folder: Path) -> Builder:
    container = InThisProcess(ContainerSettings(), folder=folder, code=lambda _: folder, report=print)
    return ContainerBuilder(container, ports=ports, folder=folder, built_on=lambda runtime: runtime)


def on_codebuild(ports: Ports, _folder: Path) -> Builder:
    store = store_of(ports)
    project = CodeBuildProject(name="layers", region="eu-west-1", timeout_seconds=3600)
    return CodeBuildBuilder(project, client=lambda _service: StartedHere(store), store=store)


def on_auto(ports: Ports, folder: Path) -> Builder:
    return FallbackBuilder([("container", lambda: on_container(ports, folder))], report=print)


@pytest.fixture(params=[on_lambda, on_local, on_container, on_codebuild, on_auto], ids=lambda make: make.__name__)
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    make: Callable[[Ports, Path], Builder] = request.param
    ports = made_ports()
    monkeypatch.setattr(handler, "_ports", lambda: ports)
    return Place(ports=ports, builder=make(ports, tmp_path))


def made_ports() -> Ports:
    indexes = IndexPorts(
        resolver=ListedResolver(wheel.locked() for wheel in (WEB, CORE)), wheels=MemoryIndex((WEB, CORE))
    )
    return Ports(
        open_indexes=lambda _options: indexes,
        store=S3Archives(client=FakeS3(), bucket="archives", prefix="python-layers/"),  # type: ignore[arg-type] # a fake
        compiler=HostCompiler(),
        clock=lambda: 0.0,
        peak_memory=lambda: 1,
    )


def asked_of(builder: Builder, store: S3Archives, tmp_path: Path) -> BuildRequest:
    (tmp_path / "tools.py").write_text("ANSWER = 42\n")
    module = pack_module(tmp_path / "tools.py")
    store.write_bytes(module.source.key, module.code.zipped())
    resolved = builder.resolve(ResolveRequest(requirements=("web", "core"), target=TARGET))
    assert resolved.packages == {"web": "1.0", "core": "2.0"}
    return BuildRequest(
        name="layer", target=TARGET, lock_sha256=resolved.lock_sha256, options=BuildOptions(), modules=(module.source,)
    )


def test_the_bytes_equal_those_of_a_build_without_a_host(place: Place, tmp_path: Path) -> None:
    alone = made_ports()
    expected = build(asked_of(LocalBuilder(alone), store_of(alone), tmp_path), alone)

    built = place.builder.build(asked_of(place.builder, store_of(place.ports), tmp_path))

    assert (built.content_hash, built.code_sha256) == (expected.content_hash, expected.code_sha256)
    stored = place.ports.store.find_archive(built.archive_key)
    assert stored is not None
    assert (stored.code_sha256, stored.size_bytes) == (built.code_sha256, built.size_bytes)


def test_a_known_build_is_not_repeated(place: Place, tmp_path: Path) -> None:
    request = asked_of(place.builder, store_of(place.ports), tmp_path)
    first = place.builder.build(request)
    place.fetched.clear()

    assert place.builder.build(request) == first
    assert place.fetched == []


def test_a_build_of_another_host_is_known(place: Place, tmp_path: Path) -> None:
    request = asked_of(LocalBuilder(place.ports), store_of(place.ports), tmp_path)
    first = LocalBuilder(place.ports).build(request)
    place.fetched.clear()

    assert place.builder.build(request) == first
    assert place.fetched == []


def test_every_host_raises_the_same_error(place: Place) -> None:
    with pytest.raises(LockMissing) as raised:
        place.builder.build(BuildRequest(name="layer", target=TARGET, lock_sha256="f" * 64))
    assert raised.value.lock_sha256 == "f" * 64


def test_no_request_is_left_in_the_store(place: Place, tmp_path: Path) -> None:
    place.builder.build(asked_of(place.builder, store_of(place.ports), tmp_path))
    s3: Any = store_of(place.ports)._client
    assert {key.split("/")[1] for _bucket, key in s3.objects} <= {
        "archives",
        "fragments",
        "locks",
        "modules",
        "results",
    }


def test_a_container_does_not_get_the_index(tmp_path: Path) -> None:
    asked: list[Mapping[str, object]] = []

    class Listening(InThisProcess):
        def ask(self, module: str, request: Mapping[str, object], **more: Any) -> Mapping[str, Any]:
            asked.append(request)
            return super().ask(module, request, **more)

    ports = made_ports()
    container = Listening(ContainerSettings(), folder=tmp_path, code=lambda _: tmp_path, report=print)
    builder = ContainerBuilder(container, ports=ports, folder=tmp_path, built_on=lambda runtime: runtime)
    builder.build(asked_of(builder, store_of(ports), tmp_path))
    assert [list(event) for event in asked] == [["version"], ["build"]]
    told = asked[1]["build"]
    assert isinstance(told, dict)
    assert told["index"] == IndexOptions().to_mapping()


@pytest.mark.parametrize("make", [on_local, on_container], ids=lambda make: make.__name__)
def test_a_host_in_this_process_prints_nothing(
    make: Callable[[Ports, Path], Builder], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    # The engine shows to the user what the dynamic provider's process prints.
    ports = made_ports()
    builder = make(ports, tmp_path)
    builder.build(asked_of(builder, store_of(ports), tmp_path))
    assert capfd.readouterr() == ("", "")
