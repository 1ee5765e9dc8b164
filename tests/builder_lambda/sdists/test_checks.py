"""What was built is held to the target: names, tags, machine, C library, and libraries that are there at run time."""

import pytest

from builder_lambda import Target
from builder_lambda.distributions.wheel_file import WheelFile
from builder_lambda.ports.source_build import SourceDistribution
from builder_lambda.sdists.checks import NeededLibraries, problems_of
from tests.builder_lambda.elf_factory import make_library
from tests.builder_lambda.wheel_factory import make_wheel

SO = "demo/_native.so"


def source(runtime: str = "python3.12", architecture: str = "x86_64", version: str = "1.0") -> SourceDistribution:
    target = Target.parse(runtime, architecture)
    return SourceDistribution(name="demo", version=version, filename="demo-1.0.tar.gz", sha256="5d" * 32, target=target)


def problems(files: dict[str, bytes], asked: SourceDistribution, tag: str = "cp312-cp312-linux_x86_64") -> list[str]:
    wheel = make_wheel("demo", "1.0", files, tag=tag)
    return list(problems_of(WheelFile(wheel.filename, wheel.content), asked))


def test_a_wheel_for_the_target_has_no_problem() -> None:
    needed = ["libc.so.6", "libm.so.6", "libpthread.so.0", "libstdc++.so.6", "libgcc_s.so.1"]
    versions = {"libc.so.6": ["GLIBC_2.2.5", "GLIBC_2.34"], "libstdc++.so.6": ["GLIBCXX_3.4.29", "CXXABI_1.3"]}
    assert problems({SO: make_library(needed=needed, versions=versions)}, source()) == []
    assert problems({"demo.py": b"pure = True\n"}, source(), tag="py3-none-any") == []


def test_a_library_for_another_machine_is_reported() -> None:
    arm = source(architecture="arm64")
    assert problems({SO: make_library()}, arm, tag="cp312-cp312-linux_aarch64") == [
        f"{SO}: it is for x86_64, not aarch64"
    ]
    assert problems({SO: make_library(machine="aarch64")}, arm, tag="cp312-cp312-linux_aarch64") == []


@pytest.mark.parametrize(
    ("runtime", "tag", "highest", "problem"),
    [
        ("python3.11", "cp311-cp311", "GLIBC_2.26", None),
        ("python3.11", "cp311-cp311", "GLIBC_2.27", "it needs GLIBC 2.27; python3.11 has 2.26"),
        ("python3.12", "cp312-cp312", "GLIBC_2.34", None),
        ("python3.12", "cp312-cp312", "GLIBC_2.35", "it needs GLIBC 2.35; python3.12 has 2.34"),
        ("python3.11", "cp311-cp311", "GLIBCXX_3.4.25", "it needs GLIBCXX 3.4.25; python3.11 has 3.4.24"),
        ("python3.11", "cp311-cp311", "GLIBC_PRIVATE", None),
    ],
)
def test_the_newest_symbol_decides_about_the_c_library(
    runtime: str, tag: str, highest: str, problem: str | None
) -> None:
    library = make_library(versions={"libm.so.6": ["GLIBC_2.2.5"], "libc.so.6": ["GLIBC_2.9", highest]})
    found = problems({SO: library}, source(runtime), tag=f"{tag}-linux_x86_64")
    assert found == ([f"{SO}: {problem}"] if problem else [])


def test_a_library_that_the_runtime_lacks_has_its_own_error() -> None:
    with pytest.raises(NeededLibraries, match=r"^libpq\.so\.5, libz\.so\.1$"):
        problems({SO: make_library(needed=["libpq.so.5", "libc.so.6", "libz.so.1"])}, source())


def test_a_library_in_the_wheel_is_found() -> None:
    files = {SO: make_library(needed=["libown-1a2b.so.1"]), "demo.libs/libown-1a2b.so.1": make_library()}
    assert problems(files, source()) == []


def test_all_problems_are_reported_together() -> None:
    files = {SO: make_library(machine="aarch64", needed=["libpq.so.5"], versions={"libc.so.6": ["GLIBC_2.38"]})}
    assert problems(files, source(version="1.1"), tag="cp311-cp311-linux_x86_64") == [
        "it has version 1.0, not 1.1",
        "its wheels are only for Python 3.11",
        f"{SO}: it is for aarch64, not x86_64",
        f"{SO}: it needs GLIBC 2.38; python3.12 has 2.34",
        "it needs the library libpq.so.5, which the runtime does not have",
    ]


def test_a_wheel_of_another_project_is_reported() -> None:
    wheel = make_wheel("other", "1.0")
    (problem,) = problems_of(WheelFile(wheel.filename, wheel.content), source())
    assert problem == "it belongs to the project other, not demo"


@pytest.mark.parametrize("content", [b"\x7fELF", make_library()[:100], b"\x7fELF" + bytes(200)])
def test_a_damaged_library_is_reported(content: bytes) -> None:
    (problem,) = problems({SO: content}, source())
    assert problem.startswith(f"{SO}: it is ")
