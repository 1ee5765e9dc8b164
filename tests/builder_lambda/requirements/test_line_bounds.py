"""Lines of requirements that are longer than anybody writes."""

from contextlib import suppress
from pathlib import Path

import pytest

from builder_lambda.contract.bounds import LINE_CHARACTERS, NAME_CHARACTERS, URL_CHARACTERS
from builder_lambda.errors.requirements import InvalidRequirements
from builder_lambda.requirements.line import InvalidLine
from builder_lambda.requirements.local_wheels import LocalWheels
from builder_lambda.requirements.requirements import parse_requirements
from builder_lambda.resolvers.uv_output import unknown_names

SHA256 = "#sha256=" + "a" * 64
HTTPS = "demo @ https://index.example/"
WHEEL = "demo-1.0-py3-none-any.whl"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("a" * 40_000, "its name has 40,000 characters; at most 255 are read"),
        ("a" * (NAME_CHARACTERS + 1), "its name has 256 characters; at most 255 are read"),
        ("a" * (LINE_CHARACTERS + 1), "it has 100,001 characters; at most 100,000 are read"),
        (HTTPS + "a" * URL_CHARACTERS + "/" + WHEEL + SHA256, "its URL has 8,120 characters; at most 8,000 are read"),
    ],
)
def test_long_line_is_refused(line: str, reason: str) -> None:
    with pytest.raises(InvalidRequirements) as caught:
        parse_requirements([line])

    assert [problem.reason for problem in caught.value.problems] == [reason]


def test_line_at_the_bounds_is_read() -> None:
    parse_requirements(["a" * NAME_CHARACTERS, HTTPS + WHEEL + SHA256])


def test_many_spaces_are_skipped_in_one_pass() -> None:
    """A search that begins again at each of 90,000 spaces does not end within a test."""
    assert parse_requirements(["a" + " " * 90_000 + "# note"]).requirement_lines == ("a",)
    with pytest.raises(InvalidRequirements):
        parse_requirements(["a" + " " * 90_000 + "b"])


def test_unknown_project_is_found_behind_a_name_of_any_length() -> None:
    """A search that begins again at each of 200,000 characters does not end within a test."""
    complaint = "a" * 200_000 + " is there, and demo was not found in the package registry"

    assert unknown_names(complaint) == {"demo"}


@pytest.mark.parametrize(
    "line", ["a" + " " * 90_000 + "b.whl", "a" + " " * 90_000 + "@x", "a" * 90_000 + ".whl x", " ".join("a" * 40_000)]
)
def test_a_long_line_takes_time_by_its_length(line: str, tmp_path: Path) -> None:
    # Time by its square would be minutes here.
    with suppress(InvalidLine):
        LocalWheels(tmp_path).line(line)
