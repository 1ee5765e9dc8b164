"""The lines are as tools said them; each is followed by what else a log has."""

import pytest

from builder_lambda import Target
from builder_lambda.errors.sdists import SOLVED_BY_ANOTHER_HOST
from builder_lambda.ports.source_build import SourceDistribution
from builder_lambda.sdists.reasons import fault_of, log_end, needs_libraries, reason_of

SOURCE = SourceDistribution(
    name="demo",
    version="1.0",
    filename="demo-1.0.tar.gz",
    sha256="5d" * 32,
    target=Target.parse("python3.12", "arm64"),
)

RUST, LIBRARY = "source-build-needs-rust", "source-build-needs-library"
LINES = [
    ("  Caused by: Cargo metadata failed. Do you have cargo in your PATH?", RUST, "it needs a Rust compiler"),
    ("error: can't find Rust compiler", RUST, "it needs a Rust compiler"),
    ("FileNotFoundError: [Errno 2] No such file or directory: 'cargo'", RUST, "it needs a Rust compiler"),
    ("Cargo, the Rust package manager, is not installed or is not on PATH.", RUST, "it needs a Rust compiler"),
    (
        "../meson.build:1:0: ERROR: Unknown compiler(s): [['gfortran'], ['flang-new']]",
        "source-build-needs-fortran",
        "it needs a Fortran compiler",
    ),
    (
        "FileNotFoundError: [Errno 2] No such file or directory: 'cmake'",
        "source-build-needs-cmake",
        "it needs CMake",
    ),
    (
        "../meson.build:1:0: ERROR: Could not invoke sanity check executable: Failed running '/a/sanity_check.exe'",
        "source-build-needs-machine",
        "it runs what it compiles",
    ),
    (
        "configure: error: cannot run C compiled programs.",
        "source-build-needs-machine",
        "it runs what it compiles",
    ),
    ("Error: pg_config executable not found.", LIBRARY, "it needs libpq (pg_config was not found)"),
    (
        "Error: Please make sure the libxml2 and libxslt development packages are installed.",
        LIBRARY,
        "it needs libxml2 and libxslt",
    ),
    ("Exception: Can not find valid pkg-config name.", LIBRARY, "it needs the client library of MySQL"),
    (
        "demo.c:1:10: fatal error: 'Python.h' file not found",
        LIBRARY,
        "it needs the header files of Python (Python.h)",
    ),
    ("src/c/_cffi_backend.c:15:10: fatal error: 'ffi.h' file not found", LIBRARY, "it needs the header file ffi.h"),
    ("demo.c:3:10: fatal error: zmq/zmq.h: No such file or directory", LIBRARY, "it needs the header file zmq/zmq.h"),
    (
        "error: unable to find dynamic system library 'snappy' using strategy 'paths_first'. searched paths: none",
        LIBRARY,
        "it needs the library libsnappy",
    ),
    ("/usr/bin/ld: cannot find -lgdal: No such file or directory", LIBRARY, "it needs the library libgdal"),
    ("No package 'cairo' found", LIBRARY, "it needs the library cairo"),
]


@pytest.mark.parametrize(("line", "code", "missing"), LINES, ids=[line for line, _, _ in LINES])
def test_what_is_missing_is_read_off_the_log(line: str, code: str, missing: str) -> None:
    reason = reason_of(f"running build_ext\n{line}\nerror: command failed with exit code 1\n")
    assert (reason.kind.code, reason.missing) == (code, missing)
    assert code in SOLVED_BY_ANOTHER_HOST


def test_the_last_of_several_counts_because_scripts_try_things() -> None:
    log = "conftest.c:1:10: fatal error: 'io.h' file not found\nchecking... ok\na.c:1:1: error: 'b.h' file not found"
    assert reason_of(log).missing == "it needs the header file b.h"


def test_a_failure_of_another_kind_is_no_reason_to_try_elsewhere() -> None:
    reason = reason_of("SyntaxError: Missing parentheses in call to 'print'")
    assert reason.kind.code == "source-build-failed"
    assert reason.kind.code not in SOLVED_BY_ANOTHER_HOST


def test_the_end_of_a_log_is_its_last_lines_without_empty_ones() -> None:
    log = "".join(f"line {number}\n\n" for number in range(100)) + "x" * 2000
    lines = log_end(log).splitlines()
    assert lines[0] == "line 81"
    assert lines[-1] == "x" * 500


def test_the_fault_names_the_package_what_it_lacks_the_log_and_what_has_a_wheel() -> None:
    fault = fault_of("compiling\nerror: can't find Rust compiler\n", SOURCE, log_place="s3://archives/a.log")
    fault.nearest = "0.9"
    assert str(fault) == (
        "source-build-needs-rust: demo 1.0 cannot be built from source for python3.12-arm64: it needs a Rust compiler\n"
        "    compiling\n"
        "    error: can't find Rust compiler\n"
        "    the whole log: s3://archives/a.log\n"
        "    demo 0.9 has a wheel that fits\n"
        "  likely cause: the package is written in Rust, and the builder has a compiler for C and C++ only\n"
        "  what to do: build on the host 'container' or 'codebuild', whose images have compilers and libraries; "
        "or require a version that has a wheel, or publish a wheel on an index of yours"
    )


def test_a_library_that_the_runtime_lacks_is_told_like_a_missing_one() -> None:
    fault = needs_libraries(("libpq.so.5",), SOURCE)
    assert fault.code == LIBRARY
    assert fault.missing == "the wheel needs libpq.so.5, which the Lambda runtime does not have"
