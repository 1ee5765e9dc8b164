import pytest
from packaging.pylock import Pylock
from packaging.specifiers import SpecifierSet

from builder_lambda import Requirements, Target, parse_requirements
from builder_lambda.contract.index_listing import IndexedFile, IndexListing
from builder_lambda.errors.base import LayerError
from builder_lambda.errors.indexes import IndexUnreachable
from builder_lambda.errors.resolution import NoCompatibleWheel, UnresolvableRequirements
from builder_lambda.indexes.availability import (
    MissingWheel,
    judge_project,
    missing_wheels,
    required_names,
    without_wheels,
)
from builder_lambda.indexes.settings import IndexSettings
from builder_lambda.indexes.simple import SimpleIndex
from builder_lambda.locks.pylock import lock_of
from builder_lambda.ports.version_query import VersionQuery
from builder_lambda.resolvers.index_resolver import IndexResolver
from tests.builder_lambda.fakes import query
from tests.builder_lambda.memory_listing import MemoryListing, indexed

PYTHON39 = Target(runtime="python3.9", architecture="x86_64")
PYTHON311 = Target(runtime="python3.11", architecture="x86_64")
PYTHON313_ARM = Target(runtime="python3.13", architecture="arm64")


def verdict(specifier: str, *files: IndexedFile | str, target: Target = PYTHON311) -> str | None:
    listed = [indexed(file) if isinstance(file, str) else file for file in files]
    found = judge_project("a", SpecifierSet(specifier), listed, target)
    return None if found is None else str(found)


def test_a_project_with_a_wheel_in_an_allowed_version_is_fine() -> None:
    assert verdict("", "a-1.0-py3-none-any.whl", "a-2.0.tar.gz") is None


def test_versions_that_are_not_allowed_do_not_help() -> None:
    files = ("a-0.9-py3-none-any.whl", "a-1.0-py3-none-any.whl", "a-2.0.tar.gz")
    assert verdict(">=2", *files) == "a 2.0: it is published as source only; 1.0 has a wheel that fits"


def test_the_nearest_version_may_be_a_newer_one() -> None:
    files = ("a-1.0-cp36-cp36m-manylinux1_x86_64.whl", "a-2.0-py3-none-any.whl", "a-3.0-py3-none-any.whl")
    assert verdict("<2", *files) == "a 1.0: its wheels are only for Python 3.6; 2.0 has a wheel that fits"


def test_a_dropped_python_is_reported_with_the_requirement_of_the_version() -> None:
    files = (indexed("a-2.0-py3-none-any.whl", requires_python=">=3.10"), indexed("a-1.9-py3-none-any.whl"))
    assert verdict(">=2", *files, target=PYTHON39) == "a 2.0: it needs Python >=3.10; 1.9 has a wheel that fits"


def test_a_project_that_never_had_a_wheel_says_so() -> None:
    assert verdict("", "a-1.0.tar.gz") == "a 1.0: it is published as source only; no version has a wheel that fits"


def test_yanked_files_and_prereleases_are_not_suggested() -> None:
    files = (
        indexed("a-1.0-py3-none-any.whl"),
        indexed("a-1.1-py3-none-any.whl", is_yanked=True),
        indexed("a-1.2b1-py3-none-any.whl"),
        indexed("a-1.3.tar.gz"),
    )
    assert verdict(">=1.3", *files) == "a 1.3: it is published as source only; 1.0 has a wheel that fits"


def test_an_exact_pin_allows_a_yanked_version() -> None:
    assert verdict("==1.1", indexed("a-1.1-py3-none-any.whl", is_yanked=True), "a-1.0-py3-none-any.whl") is None


def test_a_project_without_an_allowed_version_is_not_reported() -> None:
    assert verdict(">9", "a-1.0.tar.gz") is None


def test_files_of_other_projects_and_unknown_forms_are_skipped() -> None:
    files = ("a-1.0.exe", "b-1.0-py3-none-any.whl", "a-1.0.tar.gz")
    assert verdict("", *files) == "a 1.0: it is published as source only; no version has a wheel that fits"


def test_an_invalid_requires_python_is_ignored() -> None:
    assert verdict("", indexed("a-1.0-py3-none-any.whl", requires_python="three")) is None


LISTING = MemoryListing(
    {
        "fine": ["fine-1.0-py3-none-any.whl"],
        "source": ["source-1.0.tar.gz"],
        "glibc": ["glibc-2.0-cp311-cp311-manylinux_2_28_x86_64.whl", "glibc-1.0-cp311-cp311-manylinux_2_17_x86_64.whl"],
        "deep": ["deep-1.0.tar.gz"],
    }
)
LINES = ["fine", "source; python_version < '3.12'", "glibc>=1", "unknown", "skipped; sys_platform == 'win32'"]


def missing_of(requirements: Requirements, target: Target, listing: IndexListing) -> tuple[MissingWheel, ...]:
    return missing_wheels(required_names(requirements, target), requirements, target, listing)


def test_all_projects_without_a_wheel_are_named_at_once() -> None:
    requirements = parse_requirements(LINES, constraints=["glibc>=2"])
    error = without_wheels(missing_of(requirements, PYTHON311, LISTING), PYTHON311)
    assert (error.target, error.packages) == ("python3.11-x86_64", ("glibc", "source"))
    assert error.explanation.splitlines() == [
        "glibc 2.0: its wheel needs glibc 2.28 or newer; python3.11 has 2.26; 1.0 has a wheel that fits",
        "source 1.0: it is published as source only; no version has a wheel that fits",
    ]


def test_requirements_with_wheels_pass() -> None:
    assert missing_of(parse_requirements(["fine", "glibc"]), PYTHON311, LISTING) == ()


class FailingResolver:
    def __init__(self, error: LayerError | None) -> None:
        self.error = error

    def resolve(self, _query: VersionQuery) -> Pylock:
        if self.error is not None:
            raise self.error
        return lock_of([])


def resolved(error: LayerError | None, *lines: str, listing: IndexListing = LISTING) -> LayerError | None:
    resolver = IndexResolver(FailingResolver(error), listing)
    try:
        resolver.resolve(query(*lines, target=PYTHON311))
    except LayerError as raised:
        return raised
    return None


def no_wheel(*packages: str) -> NoCompatibleWheel:
    return NoCompatibleWheel(target=str(PYTHON311), packages=packages, explanation="the words of the resolver")


def test_a_resolver_that_succeeds_needs_no_listing() -> None:
    listing = MemoryListing({})
    assert resolved(None, "source", listing=listing) is None
    assert listing.asked == []


def test_missing_wheels_of_dependencies_are_explained_too() -> None:
    error = resolved(no_wheel("deep"), "fine", "source")
    assert isinstance(error, NoCompatibleWheel)
    assert error.packages == ("deep", "source")
    assert error.explanation == (
        "deep 1.0: it is published as source only; no version has a wheel that fits\n"
        "source 1.0: it is published as source only; no version has a wheel that fits"
    )


def test_other_problems_keep_the_words_of_the_resolver() -> None:
    error = resolved(no_wheel("deep", "fine"), "fine")
    assert isinstance(error, NoCompatibleWheel)
    assert error.packages == ("deep", "fine")
    assert error.explanation.endswith("\nthe words of the resolver")


def test_versions_for_other_targets_only_count_as_missing_wheels() -> None:
    error = resolved(UnresolvableRequirements(explanation="no solution"), "glibc>=2")
    assert isinstance(error, NoCompatibleWheel)
    assert error.explanation.splitlines() == [
        "glibc 2.0: its wheel needs glibc 2.28 or newer; python3.11 has 2.26; 1.0 has a wheel that fits",
        "no solution",
    ]


@pytest.mark.parametrize(
    "error", [UnresolvableRequirements(explanation="no solution"), no_wheel("fine"), IndexUnreachable(detail="down")]
)
def test_other_errors_are_not_changed(error: LayerError) -> None:
    assert resolved(error, "fine") is error


class DeadListing:
    def files(self, name: str) -> tuple[IndexedFile, ...]:
        raise IndexUnreachable(detail="down")


def test_an_index_that_does_not_answer_leaves_the_words_of_the_resolver() -> None:
    error = no_wheel("source")
    assert resolved(error, "source", listing=DeadListing()) is error


@pytest.mark.index
@pytest.mark.parametrize(
    ("line", "target", "reason", "nearest"),
    [
        ("numpy==2.1.0", PYTHON39, "it needs Python >=3.10", "2.0.2"),
        ("numpy==1.19.5", PYTHON313_ARM, "its wheels are only for Python 3.6, 3.7, 3.8, 3.9", "2.1.0"),
        ("pyarrow==22.0.0", PYTHON311, "its wheel needs glibc 2.28 or newer; python3.11 has 2.26", "20.0.0"),
        ("docopt==0.6.2", PYTHON311, "it is published as source only", None),
        ("pywin32==306", PYTHON311, "its wheels are only for Windows", None),
    ],
)
def test_the_real_index_gives_reason_and_nearest_version(
    line: str, target: Target, reason: str, nearest: str | None
) -> None:
    listing = SimpleIndex(settings=IndexSettings())
    (missing,) = missing_of(parse_requirements([line]), target, listing)
    way_out = f"{nearest} has a wheel that fits" if nearest else "no version has a wheel that fits"
    assert str(missing) == f"{line.replace('==', ' ')}: {reason}; {way_out}"
