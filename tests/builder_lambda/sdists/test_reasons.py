"""Logs of real tools (``tests/cases/source_builds``): the code and the missing thing, an empty line, then the log."""

from pathlib import Path

import pytest

from builder_lambda import Target
from builder_lambda.errors.sdists import SOLVED_BY_ANOTHER_HOST
from builder_lambda.ports.source_build import SourceDistribution
from builder_lambda.sdists.reasons import build_error, library_error, log_end, reason_of

SOURCE = SourceDistribution(
    name="demo",
    version="1.0",
    filename="demo-1.0.tar.gz",
    sha256="5d" * 32,
    target=Target.parse("python3.12", "arm64"),
)

LIBRARY = "source-build-needs-library"
CASES = sorted((Path(__file__).parents[2] / "cases" / "source_builds").glob("*.txt"))


@pytest.mark.parametrize("case", CASES, ids=[case.stem for case in CASES])
def test_a_log_shows_what_the_build_lacks(case: Path) -> None:
    head, log = case.read_text().split("\n\n", 1)
    code, missing = head.splitlines()

    reason = reason_of(log)

    assert (reason.kind.code, reason.missing) == (code, missing)
    assert code in SOLVED_BY_ANOTHER_HOST


def test_the_last_of_several_messages_counts() -> None:
    log = "conftest.c:1:10: fatal error: 'io.h' file not found\nchecking... ok\na.c:1:1: error: 'b.h' file not found"
    assert reason_of(log).missing == "it needs the header file b.h"


def test_an_unknown_failure_is_not_solved_by_another_host() -> None:
    reason = reason_of("SyntaxError: Missing parentheses in call to 'print'")
    assert reason.kind.code == "source-build-failed"
    assert reason.kind.code not in SOLVED_BY_ANOTHER_HOST


def test_the_end_of_a_log_is_its_last_lines_without_empty_ones() -> None:
    log = "".join(f"line {number}\n\n" for number in range(100)) + "x" * 2000
    lines = log_end(log).splitlines()
    assert lines[0] == "line 81"
    assert lines[-1] == "x" * 500


def test_the_error_names_the_package_the_missing_thing_the_log_and_a_version_with_a_wheel() -> None:
    error = build_error("compiling\nerror: can't find Rust compiler\n", SOURCE, log_place="s3://archives/a.log")
    error.nearest = "0.9"
    assert str(error) == (
        "source-build-needs-rust: demo 1.0 cannot be built from source for python3.12-arm64: it needs a Rust compiler\n"
        "    compiling\n"
        "    error: can't find Rust compiler\n"
        "    the whole log: s3://archives/a.log\n"
        "    demo 0.9 has a wheel that fits\n"
        "  likely cause: the package is written in Rust, and the builder has a compiler for C and C++ only\n"
        "  what to do: build on the host 'container' or 'codebuild', whose images have compilers and libraries; "
        "or require a version that has a wheel, or publish a wheel on an index of yours"
    )


def test_a_library_that_the_runtime_lacks_counts_as_missing() -> None:
    error = library_error(("libpq.so.5",), SOURCE)
    assert error.code == LIBRARY
    assert error.missing == "the wheel needs libpq.so.5, which the Lambda runtime does not have"
