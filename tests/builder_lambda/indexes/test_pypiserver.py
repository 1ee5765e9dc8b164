"""A password-protected index of a server that others wrote, with wheels of the real index beside it."""

import base64
import hashlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uv

from builder_lambda import BuildRequest, Ports, ResolveRequest, Target, resolve
from builder_lambda.contract.index_options import IndexOptions
from builder_lambda.contract.options import BuildOptions
from builder_lambda.errors.indexes import IndexDenied
from builder_lambda.hosts.local_ports import local_ports
from builder_lambda.locks.pylock import parse_lock
from builder_lambda.locks.selection import select_wheels
from builder_lambda.pipeline.build import build
from builder_lambda.stores.disk import LocalArchives
from tests.builder_lambda.fakes import indexes_of
from tests.builder_lambda.wheel_factory import make_wheel

pytestmark = pytest.mark.index

TARGET = Target.parse("python3.13", "arm64")
SERVER = ("pypiserver[passlib]==2.4.2", "setuptools==80.9.0")
PASSWORD = "s3cr3t-p%40ss/w:rd"


@dataclass(frozen=True)
class Private:
    url: str
    wheels: Path


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@pytest.fixture(scope="module")
def private(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Private]:
    folder = tmp_path_factory.mktemp("pypiserver")
    environ = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "UV_CACHE_DIR": str(folder / "uv-cache")}
    subprocess.run(
        [uv.find_uv_bin(), "venv", "-q", "--python", sys.executable, str(folder / "venv")], env=environ, check=True
    )
    install = [uv.find_uv_bin(), "pip", "install", "-q", "--python", str(folder / "venv/bin/python"), *SERVER]
    subprocess.run(install, env=environ, check=True)

    wheels = folder / "wheels"
    wheels.mkdir()
    ours = make_wheel(
        "ours",
        "1.0",
        metadata={
            "METADATA": "Metadata-Version: 2.1\nName: ours\nVersion: 1.0\nRequires-Dist: six\nRequires-Dist: idna\n"
        },
    )
    (wheels / ours.filename).write_bytes(ours.content)
    _copy_from_real_index("six==1.16.0", folder / "real", wheels)
    digest = base64.b64encode(hashlib.sha1(PASSWORD.encode()).digest()).decode()  # noqa: S324 - the form of the file
    (folder / "passwords").write_text(f"builder:{{SHA}}{digest}\n")

    port = _free_port()
    command = [
        str(folder / "venv/bin/pypi-server"),
        "run",
        "-i",
        "127.0.0.1",
        "-p",
        str(port),
        "-a",
        "update,download,list",
    ]
    command += ["-P", str(folder / "passwords"), "--disable-fallback", str(wheels)]
    with (folder / "log.txt").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as server:
        try:
            _wait_for(f"http://127.0.0.1:{port}/", server, folder / "log.txt")
            yield Private(f"http://127.0.0.1:{port}/simple/", wheels)
        finally:
            server.terminate()


def _copy_from_real_index(requirement: str, folder: Path, to: Path) -> None:
    ports = local_ports(folder)
    lock = ports.store.read_text(
        f"locks/{resolve(ResolveRequest(requirements=(requirement,), target=TARGET), ports).lock_sha256}.toml"
    )
    wheels = select_wheels(parse_lock(lock or ""), TARGET)
    for wheel, content in zip(wheels, indexes_of(ports).wheels.fetch(wheels), strict=True):
        (to / wheel.filename).write_bytes(content)


def _wait_for(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(300):
        assert server.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(url):  # noqa: S310 - a server of this test
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(log.read_text())


def ports_with(folder: Path, password: str) -> Ports:
    return local_ports(folder, {**os.environ, "TEAM_USER": "builder", "TEAM_PASSWORD": password})


def options(private: Private) -> IndexOptions:
    login = {"username_variable": "TEAM_USER", "password_variable": "TEAM_PASSWORD"}
    return IndexOptions.from_mapping({"extra": [{"name": "team", "url": private.url, **login}]})


def test_a_layer_of_own_and_public_wheels_is_built(private: Private, tmp_path: Path) -> None:
    index, ports = options(private), ports_with(tmp_path, PASSWORD)

    result = resolve(ResolveRequest(requirements=("ours",), target=TARGET, index=index), ports)
    plain = BuildOptions(bytecode=False)
    request = BuildRequest(name="team", target=TARGET, lock_sha256=result.lock_sha256, options=plain, index=index)
    built = build(request, ports)

    assert result.packages["ours"] == "1.0"
    assert result.packages["six"] == "1.16.0", "the first index has an older one, and has the name"
    assert "idna" in result.packages
    assert built.packages.keys() == {"ours", "six", "idna"}
    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert LocalArchives(tmp_path).path(built.archive_key).read_bytes() in files
    assert not [content for content in files if b"s3cr3t-p" in content or PASSWORD.encode() in content]


def test_a_wrong_password_is_reported(private: Private, tmp_path: Path) -> None:
    request = ResolveRequest(requirements=("six",), target=TARGET, index=options(private))
    with pytest.raises(IndexDenied) as caught:
        resolve(request, ports_with(tmp_path, "wrong-9f8e7d"))
    assert caught.value.index == "team"
    assert "wrong-9f8e7d" not in str(caught.value)
