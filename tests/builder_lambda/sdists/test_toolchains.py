"""How a compiler is called, with a program in its place that tells what it was given; and how zig gets here."""

import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from builder_lambda import Target
from builder_lambda.contract.locked_wheel import LockedWheel
from builder_lambda.errors.sdists import SourceBuildsUnavailable
from builder_lambda.errors.wheels import WheelMissing
from builder_lambda.ports.source_build import SourceDistribution
from builder_lambda.sdists import zig
from builder_lambda.sdists.toolchains import ZigToolchain
from builder_lambda.sdists.zig import ZIG_VERSION, Zig
from tests.builder_lambda.sdist_factory import make_sdist

TELLS = f"#!{sys.executable}\nimport json, sys\nprint(json.dumps(sys.argv[1:]))\n"


def source(runtime: str, architecture: str) -> SourceDistribution:
    return make_sdist().for_target(Target.parse(runtime, architecture))


class Index:
    """Has a wheel of zig in which the compiler tells what it was given."""

    def __init__(self) -> None:
        self.fetched: list[LockedWheel] = []
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("ziglang/zig", TELLS)
            for path in (
                "libc/glibc/a",
                "libc/mingw/a",
                "libc/include/generic-glibc/a.h",
                "libc/include/any-macos/a.h",
            ):
                archive.writestr(f"ziglang/lib/{path}", "")
        self.content = stream.getvalue()

    def fetch(self, wheels: Sequence[LockedWheel]) -> "list[bytes]":
        self.fetched += wheels
        return [self.content]


class NoIndex:
    def fetch(self, wheels: Sequence[LockedWheel]) -> "list[bytes]":
        raise WheelMissing(filenames=tuple(wheel.filename for wheel in wheels))


@pytest.fixture
def index() -> Index:
    return Index()


@pytest.fixture
def compiler(tmp_path: Path, index: Index) -> Zig:
    return Zig(tmp_path / "zig", index, machine="x86_64")  # type: ignore[arg-type]  # a list will do


def called(variables: dict[str, str], name: str, *arguments: str) -> list[str]:
    done = subprocess.run(
        [variables[name], *arguments], capture_output=True, text=True, check=True, env={"PATH": os.environ["PATH"]}
    )
    given: list[str] = json.loads(done.stdout)
    return given


@pytest.mark.parametrize(
    ("runtime", "architecture", "triple"),
    [
        ("python3.11", "x86_64", "x86_64-linux-gnu.2.26"),
        ("python3.11", "arm64", "aarch64-linux-gnu.2.26"),
        ("python3.12", "x86_64", "x86_64-linux-gnu.2.34"),
        ("python3.14", "arm64", "aarch64-linux-gnu.2.34"),
    ],
)
def test_zig_compiles_for_the_machine_and_the_c_library_of_the_target(
    compiler: Zig, tmp_path: Path, runtime: str, architecture: str, triple: str
) -> None:
    variables = dict(ZigToolchain(compiler).prepare(source(runtime, architecture), tmp_path / "tools"))
    assert called(variables, "CC", "-c", "a.c") == ["cc", "-target", triple, "-c", "a.c"]
    assert called(variables, "CXX", "-c", "a.cc") == ["c++", "-target", triple, "-c", "a.cc"]
    assert called(variables, "AR", "rcs", "a.a") == ["ar", "rcs", "a.a"]
    assert variables["LDSHARED"] == f"{variables['CC']} -shared"


def test_options_of_gcc_and_of_this_machine_are_removed(compiler: Zig, tmp_path: Path) -> None:
    variables = dict(ZigToolchain(compiler).prepare(source("python3.12", "x86_64"), tmp_path / "tools"))
    dropped = ["-flto=auto", "-specs=/usr/lib/rpm/redhat-hardened-cc1", "-g", "-g3", "-march=native", "-I/usr/include"]
    kept = ["-Iinclude", "-gnu-is-no-debug-option", "-I/usr/include/python3.12", "-L/opt/lib", "-DNAME=a b", "-o", "x"]
    assert called(variables, "CC", *dropped, *kept)[3:] == kept


def test_programs_that_call_a_compiler_by_name_get_zig(compiler: Zig, tmp_path: Path) -> None:
    variables = ZigToolchain(compiler).prepare(source("python3.12", "x86_64"), tmp_path / "tools")
    names = {path.name for path in Path(variables["PATH"]).iterdir()}
    assert {"cc", "gcc", "clang", "c++", "g++", "clang++", "ar", "ranlib"} <= names


def test_zig_is_fetched_once_by_sha256_without_files_for_other_systems(
    compiler: Zig, index: Index, tmp_path: Path
) -> None:
    assert compiler.program() == compiler.program()
    (wheel,) = index.fetched
    assert (wheel.name, wheel.version, len(wheel.sha256)) == ("ziglang", ZIG_VERSION, 64)
    assert wheel.url.startswith(f"pkg:pypi/ziglang@{ZIG_VERSION}"), "the index of the machine has it, wherever that is"
    library = tmp_path / "zig" / f"{ZIG_VERSION}-x86_64" / "ziglang/lib/libc"
    files = {str(path.relative_to(library)) for path in library.rglob("*") if path.is_file()}
    assert files == {"glibc/a", "include/generic-glibc/a.h"}


def test_a_machine_without_a_pinned_zig_is_reported(tmp_path: Path) -> None:
    other = Zig(tmp_path, Index(), machine="riscv64")  # type: ignore[arg-type]  # a list will do
    with pytest.raises(SourceBuildsUnavailable, match="x86_64 or aarch64, not on linux riscv64"):
        other.program()


def test_an_index_without_zig_is_reported(tmp_path: Path) -> None:
    with pytest.raises(SourceBuildsUnavailable, match=r"which the package index of the machine does not have"):
        Zig(tmp_path, NoIndex(), machine="x86_64").program()  # type: ignore[arg-type]  # it has nothing to iterate over


def test_the_pins_are_of_the_version_that_is_named() -> None:
    for machine, (filename, sha256) in zig._WHEELS.items():
        assert filename.startswith(f"ziglang-{ZIG_VERSION}-")
        assert f"_{machine}." in filename
        assert len(bytes.fromhex(sha256)) == hashlib.sha256().digest_size
