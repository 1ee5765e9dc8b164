import pytest
from packaging.specifiers import SpecifierSet

from builder_lambda import Target
from builder_lambda.contract.index_listing import IndexedFile
from builder_lambda.sdists.choice import choose_sdist
from tests.builder_lambda.memory_listing import indexed

TARGET = Target.parse("python3.12", "x86_64")
FILES = [
    "demo-1.0.tar.gz",
    "demo-1.2.zip",
    "demo-1.2.tar.gz",
    "demo-1.3-cp39-cp39-win_amd64.whl",
    "demo-2.0rc1.tar.gz",
    "demo-1.1.tar.gz",
    "demo-1.2.exe",
    "other-9.tar.gz",
]


def chosen(allowed: str = "", files: list[IndexedFile] | None = None, preferred: str | None = None) -> str | None:
    found = choose_sdist(
        "demo", SpecifierSet(allowed), files or [indexed(name) for name in FILES], TARGET, preferred=preferred
    )
    return found.file.filename if found else None


def test_the_newest_release_that_has_an_sdist_is_taken() -> None:
    assert chosen() == "demo-1.2.tar.gz"


@pytest.mark.parametrize(
    ("allowed", "filename"),
    [
        ("<1.2", "demo-1.1.tar.gz"),
        ("==1.0", "demo-1.0.tar.gz"),
        ("==1.3", None),
        (">1.2", "demo-2.0rc1.tar.gz"),
        (">3", None),
    ],
)
def test_only_allowed_versions_count(allowed: str, filename: str | None) -> None:
    assert chosen(allowed) == filename


def test_the_previous_version_stays_while_it_is_allowed() -> None:
    assert chosen(preferred="1.1") == "demo-1.1.tar.gz"
    assert chosen("!=1.1", preferred="1.1") == "demo-1.2.tar.gz"
    assert chosen(preferred="1.3") == "demo-1.2.tar.gz"


def test_a_version_for_other_pythons_is_skipped() -> None:
    files = [indexed("demo-2.0.tar.gz", requires_python=">=3.13"), indexed("demo-1.0.tar.gz", requires_python=">=3.8")]
    assert chosen(files=files) == "demo-1.0.tar.gz"


def test_only_an_exact_pin_selects_a_yanked_version() -> None:
    files = [indexed("demo-2.0.tar.gz", is_yanked=True), indexed("demo-1.0.tar.gz")]
    assert chosen(files=files) == "demo-1.0.tar.gz"
    assert chosen(">=2", files) is None
    assert chosen("==2.0", files) == "demo-2.0.tar.gz"
