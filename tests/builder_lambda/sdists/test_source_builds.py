"""Source builds from end to end: the real uv, real builds, and (with the index) a real compiler for both machines."""

import io
import os
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import platformdirs
import pytest

from builder_lambda import BuildRequest, Ports, ResolveRequest, Target, resolve
from builder_lambda.bytecode.interpreter import find_interpreter
from builder_lambda.contract.index_options import IndexOptions
from builder_lambda.contract.options import BuildOptions
from builder_lambda.contract.package_index import PackageIndex
from builder_lambda.errors.resolution import NoCompatibleWheel
from builder_lambda.errors.wheels import StoredWheelMissing
from builder_lambda.hosts.local_ports import local_ports
from builder_lambda.indexes.addressed_wheels import AddressingWheelIndex
from builder_lambda.indexes.http_wheels import HttpWheelIndex
from builder_lambda.indexes.settings import IndexSettings
from builder_lambda.indexes.simple import SimpleIndex
from builder_lambda.inspection.native_library import native_library
from builder_lambda.locks.pylock import parse_lock
from builder_lambda.pipeline.build import build
from builder_lambda.sdists.subprocess_builder import SubprocessWheelBuilder
from builder_lambda.sdists.toolchains import ZigToolchain
from builder_lambda.sdists.zig import Zig
from tests.builder_lambda.guarded_index import GuardedIndex, serving
from tests.builder_lambda.sdist_factory import make_sdist
from tests.builder_lambda.wheel_factory import make_wheel

TARGET = Target.parse("python3.12", "x86_64")


def ports_of(folder: Path, index: GuardedIndex) -> Ports:
    return local_ports(folder, {"PATH": os.environ["PATH"], "HOME": str(folder), "UV_INDEX_URL": index.url})


def lock_text(ports: Ports, lock_sha256: str) -> str:
    text = ports.store.read_text(f"locks/{lock_sha256}.toml")
    assert text is not None
    return text


def test_an_sdist_is_built_locked_and_put_into_a_layer(tmp_path: Path) -> None:
    sdist = make_sdist(requires="plain<2")
    wheels = [make_wheel("plain", "1.5"), make_wheel("plain", "2.0")]
    with serving(GuardedIndex([sdist, *wheels])) as index:
        ports = ports_of(tmp_path / "store", index)
        asked = ResolveRequest(requirements=("demo",), target=TARGET)
        with pytest.raises(NoCompatibleWheel):
            resolve(asked, ports)
        locked = resolve(replace(asked, allow_source_builds=("demo",)), ports)
        assert locked.packages == {"demo": "1.0", "plain": "1.5"}

        request = BuildRequest(
            name="web", target=TARGET, lock_sha256=locked.lock_sha256, options=BuildOptions(bytecode=False)
        )
        built = build(request, ports)
        with zipfile.ZipFile(tmp_path / "store" / built.archive_key) as archive:
            assert archive.read("python/demo.py") == b"PYTHON = (3, 12)\n"

        # Another store has the lock, and not the wheel; what builds it again there gets the same bytes.
        other = ports_of(tmp_path / "other", index)
        other.store.write_text(f"locks/{locked.lock_sha256}.toml", lock_text(ports, locked.lock_sha256))
        with pytest.raises(StoredWheelMissing) as caught:
            build(request, other)
        assert caught.value.filenames == ("demo-1.0-py3-none-any.whl",)
        assert resolve(replace(asked, allow_source_builds="all"), other).lock_sha256 == locked.lock_sha256
        assert build(request, other).content_hash == built.content_hash


def test_a_name_of_a_private_index_is_not_built_from_a_public_sdist(tmp_path: Path) -> None:
    private, public = make_sdist(version="1.0"), make_sdist(version="9.0")
    with serving(GuardedIndex([private])) as first, serving(GuardedIndex([public])) as last:
        options = IndexOptions(
            extra=(PackageIndex(name="private", url=first.url),), default=PackageIndex(name="public", url=last.url)
        )
        asked = ResolveRequest(requirements=("demo",), target=TARGET, index=options, allow_source_builds="all")
        assert resolve(asked, ports_of(tmp_path, last)).packages == {"demo": "1.0"}


def test_the_next_resolution_keeps_a_locked_built_wheel(tmp_path: Path) -> None:
    with serving(GuardedIndex([make_sdist(version="1.0")])) as index:
        ports = ports_of(tmp_path, index)
        asked = ResolveRequest(requirements=("demo",), target=TARGET, allow_source_builds=("demo",))
        first = resolve(asked, ports)
        newer = make_sdist(version="1.1")
        index.wheels[newer.filename] = newer
        again = resolve(replace(asked, previous_lock_sha256=first.lock_sha256), ports)
        assert again == first
        upgraded = resolve(replace(asked, previous_lock_sha256=first.lock_sha256, upgrade=("demo",)), ports)
        assert upgraded.packages == {"demo": "1.1"}


CRCMOD = "dc7051a0db5f2bd48665a990d3ec1cc305a466a77358ca4492826f41f283601e"
"""sha256 of the sdist of crcmod 1.7, which has a part in C and has never had a wheel."""


@pytest.mark.index
@pytest.mark.parametrize(("architecture", "machine"), [("x86_64", "x86_64"), ("arm64", "aarch64")])
def test_a_package_in_c_is_compiled_the_same_twice_and_runs(architecture: str, machine: str, tmp_path: Path) -> None:
    target = Target.parse("python3.12", architecture)
    settings = IndexSettings.of(os.environ)
    index = AddressingWheelIndex(HttpWheelIndex(settings=settings), SimpleIndex(settings=settings))
    # The compiler is 100 MB: it is shared with the command line's own cache.
    zig = Zig(platformdirs.user_cache_path("python-layers", appauthor=False) / "zig", index)
    wheels = []
    for place in ("one", "another"):
        folder = tmp_path / place
        builder = SubprocessWheelBuilder(folder / "builds", ZigToolchain(zig), settings)
        ports = replace(local_ports(folder), wheel_builder=builder)
        request = ResolveRequest(requirements=("crcmod==1.7",), target=target, allow_source_builds=("crcmod",))
        lock = parse_lock(lock_text(ports, resolve(request, ports).lock_sha256))
        (wheel,) = lock.packages[0].wheels or ()
        assert wheel.path == f"wheels/{CRCMOD}/{target.slug}/crcmod-1.7-cp312-cp312-linux_{machine}.whl"
        wheels.append(ports.store.read_bytes(wheel.path) or b"")
    assert wheels[0] == wheels[1]

    with zipfile.ZipFile(io.BytesIO(wheels[0])) as archive:
        path = f"crcmod/_crcfunext.cpython-312-{machine}-linux-gnu.so"
        assert native_library(path, archive.read(path)[:20]).machine == machine
        archive.extractall(tmp_path / "installed")
    if architecture == "x86_64":
        program = "import crcmod._crcfunext, crcmod.predefined as c; print(hex(c.mkCrcFun('crc-32')(b'123456789')))"
        done = subprocess.run(
            [find_interpreter("3.12").path, "-c", program],
            cwd=tmp_path / "installed",
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.stdout, done.stderr) == ("0xcbf43926\n", "")  # the check value of CRC-32
