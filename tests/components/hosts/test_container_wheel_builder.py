from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from builder_lambda import Target
from builder_lambda.errors.resolution import UnknownPackage
from builder_lambda.hosts.container_engine import Mount
from builder_lambda.hosts.entries import SOURCE_MODULE
from builder_lambda.ports.source_build import BuiltWheel, SourceBuildBroken, SourceDistribution
from components.hosts.build_container import BuildContainer, ContainerSettings
from components.hosts.container_wheel_builder import ContainerWheelBuilder

SOURCE = SourceDistribution(
    name="ujson",
    version="5.10.0",
    filename="ujson-5.10.0.tar.gz",
    sha256="1" * 64,
    target=Target.parse("python3.13", "arm64"),
)


class Recording(BuildContainer):
    """A container that answers what its test says, and remembers what it was given."""

    def __init__(self, folder: Path, answer: Callable[[Path, Path], Mapping[str, Any]]) -> None:
        settings = ContainerSettings(network="host")
        super().__init__(settings, folder=folder, code=lambda _: folder, report=print)
        self.answer = answer
        self.asked: dict[str, Any] = {}

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
        self.asked = {"module": module, "target": target, "environ": environ, "network": network, "mounts": mounts}
        sdist, made, *_ = mounts
        assert request["source"] == SOURCE.to_mapping()
        assert str(request["sdist"]) == f"{sdist.at}/{SOURCE.filename}"
        assert request["folder"] == made.at
        assert made.writable
        assert not sdist.writable
        return self.answer(sdist.folder, made.folder)


def made_of(sdist: Path, made: Path) -> Mapping[str, Any]:
    (made / "ujson.whl").write_bytes(b"wheel of " + (sdist / SOURCE.filename).read_bytes())
    return {"filename": "ujson.whl"}


def test_an_sdist_goes_in_and_a_wheel_comes_out(tmp_path: Path) -> None:
    container = Recording(tmp_path, made_of)
    built = ContainerWheelBuilder(container, {}).build(SOURCE, b"sources")
    assert built == BuiltWheel(filename="ujson.whl", content=b"wheel of sources")
    assert (container.asked["module"], container.asked["network"]) == (SOURCE_MODULE, "host")
    assert container.asked["target"].slug == "python313-arm64", "package code runs on the target's own platform"


def test_the_container_gets_the_index_without_its_login(tmp_path: Path) -> None:
    container = Recording(tmp_path, made_of)
    environ = {
        "UV_INDEX_URL": "https://user:secret@index.example.invalid/simple",
        "PIP_EXTRA_INDEX_URL": "https://token@one.example.invalid https://two.example.invalid",
        "AWS_SECRET_ACCESS_KEY": "hidden",
    }
    ContainerWheelBuilder(container, environ).build(SOURCE, b"sources")
    assert container.asked["environ"] == {
        "UV_INDEX_URL": "https://index.example.invalid/simple",
        "PIP_EXTRA_INDEX_URL": "https://one.example.invalid https://two.example.invalid",
    }


def test_certificates_of_the_machine_are_trusted_in_the_container(tmp_path: Path) -> None:
    (tmp_path / "own.pem").write_text("certificate")
    container = Recording(tmp_path, made_of)
    ContainerWheelBuilder(container, {"SSL_CERT_FILE": str(tmp_path / "own.pem")}).build(SOURCE, b"sources")
    mount = container.asked["mounts"][-1]
    assert (mount.folder, mount.writable) == (tmp_path / "own.pem", False)
    assert container.asked["environ"]["SSL_CERT_FILE"] == mount.at


def test_a_broken_build_returns_its_log_and_an_error_is_raised(tmp_path: Path) -> None:
    with pytest.raises(SourceBuildBroken) as broken:
        ContainerWheelBuilder(Recording(tmp_path, lambda *_: {"log": "no gcc"}), {}).build(SOURCE, b"")
    assert broken.value.log == "no gcc"
    error = UnknownPackage(names=("setuptools",))
    with pytest.raises(UnknownPackage):
        ContainerWheelBuilder(Recording(tmp_path, lambda *_: {"error": error.to_mapping()}), {}).build(SOURCE, b"")
