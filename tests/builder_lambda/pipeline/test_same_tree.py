"""A layer without bytecode and slimming is the tree that ``pip install --target`` makes, over real wheels.

What differs is listed in ``docs/reference/layer-archive.md``: the first line of scripts (ours is the runtime's
interpreter), RECORD and INSTALLER (made by whoever installs), REQUESTED and direct_url.json (of the moment of
installation), and headers, which pip puts below the host's own ``include/site/pythonX.Y``.
"""

import os
import platform
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from builder_lambda import BuildRequest, ResolveRequest, Target, resolve
from builder_lambda.archive.mapped_memory import WheelBytes
from builder_lambda.contract.locked_wheel import LockedWheel
from builder_lambda.contract.options import BuildOptions
from builder_lambda.hosts.local_ports import local_ports
from builder_lambda.locks.pylock import parse_lock
from builder_lambda.locks.selection import select_wheels
from builder_lambda.locks.target_tags import target_tags
from builder_lambda.pipeline.build import build
from builder_lambda.stores.disk import LocalArchives
from tests.builder_lambda.fakes import indexes_of

HERE = Target.parse(
    f"python{sys.version_info[0]}.{sys.version_info[1]}", {"aarch64": "arm64"}.get(platform.machine(), "x86_64")
)
ONLY_PIP = re.compile(r"[^/]+\.dist-info/(REQUESTED|direct_url\.json)")
MADE_ANEW = re.compile(r"[^/]+\.dist-info/(RECORD|INSTALLER)")

SMALL = {
    "pure, native and scripts": ("requests==2.34.2", "PyYAML==6.0.3", "charset-normalizer==3.5.2"),
    "headers": ("greenlet==3.3.0",),
    "data": ("jupyterlab-widgets==3.0.16",),
}
WIDE = {
    "science": ("scikit-learn", "threadpoolctl"),
    "frames and plots": ("pandas", "matplotlib"),
    "web": ("fastapi[standard]", "django", "flask", "gunicorn"),
    "aws": ("boto3", "awscli", "aws-lambda-powertools[all]", "s3fs"),
    "crypto": ("cryptography", "pyjwt", "paramiko", "argon2-cffi"),
    "native": ("lxml", "pillow", "psycopg2-binary", "grpcio", "orjson", "regex", "pyzmq"),
    "namespaces": ("google-cloud-storage", "google-cloud-pubsub", "opentelemetry-sdk", "azure-storage-blob"),
    "tools": ("jupyterlab", "pybind11", "httpx[cli]", "setuptools", "wheel", "black"),
}


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("same-tree")


def compare_with_pip(folder: Path, theirs: Path, requirements: tuple[str, ...]) -> None:
    ports = local_ports(folder)
    resolved = resolve(ResolveRequest(requirements=requirements, target=HERE), ports)
    options = BuildOptions(bytecode=False)
    request = BuildRequest(name="same", target=HERE, lock_sha256=resolved.lock_sha256, options=options)
    result = build(request, ports)
    with zipfile.ZipFile(LocalArchives(folder).path(result.archive_key)) as read:
        ours = {info.filename.removeprefix("python/"): read.read(info) for info in read.infolist()}
        modes = {info.filename.removeprefix("python/"): info.external_attr >> 16 for info in read.infolist()}

    # The very wheels: of several that fit, pip and uv may choose another.
    lock = parse_lock(ports.store.read_text(f"locks/{resolved.lock_sha256}.toml") or "")
    wheels = select_wheels(lock, HERE)
    installed = installed_by_pip(theirs, dict(zip(wheels, indexes_of(ports).wheels.fetch(wheels), strict=True)))

    assert ours.keys() == {path for path in installed if not ONLY_PIP.fullmatch(path)}
    for path, file in installed.items():
        if path.startswith("bin/"):
            assert ours[path].splitlines()[1:] == file.read_bytes().splitlines()[1:] or file.read_bytes() == ours[path]
        elif not ONLY_PIP.fullmatch(path) and not MADE_ANEW.fullmatch(path):
            assert ours[path] == file.read_bytes(), path
        if path in ours:
            assert bool(modes[path] & 0o111) == os.access(file, os.X_OK), path


def installed_by_pip(folder: Path, wheels: dict[LockedWheel, WheelBytes]) -> dict[str, Path]:
    """Install these wheels for the target, and return the files by the path that they have in a layer."""
    given, target = folder / "wheels", folder / "target"
    given.mkdir()
    for wheel, content in wheels.items():
        (given / wheel.filename).write_bytes(content)
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-compile", "--no-deps", "--only-binary", ":all:"]
    platforms = dict.fromkeys(tag.platform for tag in target_tags(HERE) if tag.platform != "any")
    command += [part for name in platforms for part in ("--platform", name)]
    subprocess.run([*command, "--no-index", "--target", target, *sorted(given.iterdir())], check=True)
    found = {path.relative_to(target).as_posix(): path for path in target.rglob("*") if path.is_file()}
    headers = f"include/site/{HERE.runtime}/"
    return {path.replace(headers, "include/"): file for path, file in found.items()}


@pytest.mark.index
@pytest.mark.parametrize("name", SMALL)
def test_layer_is_the_tree_that_pip_installs(name: str, folder: Path, tmp_path: Path) -> None:
    compare_with_pip(folder, tmp_path, SMALL[name])


@pytest.mark.wide
@pytest.mark.parametrize("name", WIDE)
def test_layer_is_the_tree_that_pip_installs_for_many_wheels(name: str, folder: Path, tmp_path: Path) -> None:
    compare_with_pip(folder, tmp_path, WIDE[name])
