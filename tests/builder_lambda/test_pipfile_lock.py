import json
from pathlib import Path

import pytest

from builder_lambda.index_listing import IndexedFile
from builder_lambda.pipfile_lock import parse_pipfile_lock
from builder_lambda.unreadable_lock import UnreadableLock
from tests.builder_lambda.memory_listing import MemoryListing, indexed

CASES = Path(__file__).parent.parent / "cases" / "given_locks" / "pipenv"
META = {"pipfile-spec": 6, "requires": {"python_version": "3.11"}, "sources": []}
PURE = indexed("a-1.0-py3-none-any.whl")
SDIST = indexed("a-1.0.tar.gz")


def lock(meta: object = META, **categories: object) -> str:
    return json.dumps({"_meta": meta, "default": {}, "develop": {}, **categories})


def entry(*files: IndexedFile, version: str = "==1.0", **more: object) -> dict[str, object]:
    return {"version": version, "hashes": [f"sha256:{file.sha256}" for file in files], **more}


def faults(text: str, listing: MemoryListing) -> list[str]:
    with pytest.raises(UnreadableLock) as caught:
        parse_pipfile_lock(text, listing)
    return [str(fault) for fault in caught.value.faults]


def test_the_index_says_which_file_a_hash_belongs_to() -> None:
    other = indexed("a-1.0-cp311-cp311-win_amd64.whl")
    listing = MemoryListing({"a": [PURE, SDIST, other, "a-2.0-py3-none-any.whl"]})
    (package,) = parse_pipfile_lock(lock(default={"A": entry(PURE, SDIST)}), listing).packages
    assert (package.name, str(package.version)) == ("a", "1.0")
    assert [(wheel.filename, wheel.url, wheel.hashes) for wheel in package.wheels or ()] == [
        ("a-1.0-py3-none-any.whl", PURE.url, {"sha256": PURE.sha256})
    ]


def test_other_categories_are_read_only_when_they_are_chosen() -> None:
    text = lock(
        default={"a": entry(PURE)},
        develop={"broken": {"version": "*"}},
        docs={"b": entry(indexed("b-1.0-py3-none-any.whl"))},
    )
    listing = MemoryListing({"a": [PURE], "b": ["b-1.0-py3-none-any.whl"]})
    assert [package.name for package in parse_pipfile_lock(text, listing).packages] == ["a"]
    assert listing.asked == ["a"]
    chosen = parse_pipfile_lock(text, listing, groups=["docs"])
    assert [package.name for package in chosen.packages] == ["a", "b"]
    assert (chosen.default_groups, chosen.dependency_groups) == (["default"], ["develop", "docs"])


def test_a_version_of_two_categories_is_one_package_under_either_marker() -> None:
    listing = MemoryListing({"a": [PURE], "b": ["b-1.0-py3-none-any.whl"]})
    b = entry(indexed("b-1.0-py3-none-any.whl"))
    text = lock(
        default={"a": entry(PURE, markers="os_name == 'nt'"), "b": {**b, "markers": "os_name == 'nt'"}},
        develop={"a": entry(PURE, markers="os_name == 'posix'"), "b": b},
    )
    a, b_package = parse_pipfile_lock(text, listing, groups=["develop"]).packages
    assert str(a.marker) == 'os_name == "nt" or os_name == "posix"'
    assert b_package.marker is None


def test_the_lock_is_for_the_python_that_pipenv_resolved_for() -> None:
    listing = MemoryListing({})
    assert str(parse_pipfile_lock(lock(), listing).requires_python) == "==3.11.*"
    full = {**META, "requires": {"python_full_version": "3.12.4"}}
    assert str(parse_pipfile_lock(lock(full), listing).requires_python) == "==3.12.*"


def test_everything_that_pins_nothing_is_refused_at_once() -> None:
    text = lock(
        {"pipfile-spec": 7},
        default={
            "colorama": {"version": "*"},  # what pipenv writes for a package that its own platform does not need
            "bare": {"version": "==1.0"},
            "weak": {"version": "==1.0", "hashes": ["md5:00"]},
            "odd": entry(PURE, markers="os is linux"),
            "forked": {"git": "https://git.example.invalid/f", "ref": "c0ffee"},
        },
    )
    assert faults(text, MemoryListing({})) == [
        "_meta.pipfile-spec: it is 7; what can be read is 6",
        "_meta.requires: pipenv resolves for one Python, and the lock does not say for which;"
        " set python_version in [requires]",
        "colorama *: it is not locked to one version",
        "bare 1.0: it is locked without a sha256",
        "weak 1.0: it is locked without a sha256",
        "odd 1.0: Expected a marker variable or quoted string",
    ]


def test_what_the_index_does_not_have_is_named() -> None:
    text = lock(default={"a": entry(indexed("a-1.0-py2-none-any.whl")), "b": entry(PURE)})
    assert faults(text, MemoryListing({"a": [PURE]})) == [
        "a 1.0: the package index has no file with one of its hashes",
        "b 1.0: the package index has no project of this name",
    ]


def test_repositories_folders_and_urls_are_kept_for_the_coverage_to_judge() -> None:
    text = lock(
        default={
            "forked": {"git": "https://git.example.invalid/f", "ref": "c0ffee"},
            "own": {"path": ".", "editable": True},
            "direct": {"file": "https://files.example.invalid/direct-1-py3-none-any.whl", "hashes": ["sha256:AB"]},
        }
    )
    forked, own, direct = parse_pipfile_lock(text, MemoryListing({})).packages
    assert forked.vcs is not None
    assert forked.vcs.commit_id == "c0ffee"
    assert own.directory is not None
    assert (own.directory.path, own.directory.editable) == (".", True)
    assert direct.archive is not None
    assert direct.archive.hashes == {"sha256": "ab"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{", ["it is not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"]),
        ('{"_meta": {}}', ["_meta.pipfile-spec: Field required"]),
        (lock(default={"a": "==1"}), ["default.a: Input should be a valid dictionary or instance of _Entry"]),
    ],
)
def test_what_has_not_the_form_of_the_lock_is_refused(text: str, found: list[str]) -> None:
    assert faults(text, MemoryListing({})) == found


def test_a_lock_of_the_real_pipenv_can_be_read() -> None:
    text = (CASES / "Pipfile.lock").read_text()
    content = json.loads(text)
    listing = MemoryListing(
        {
            name: [
                IndexedFile(filename=f"{name}-{item['version'][2:]}-{n}-py3-none-any.whl", url="", sha256=digest[7:])
                for n, digest in enumerate(item["hashes"])
            ]
            for category in ("default", "report")
            for name, item in content[category].items()
        }
    )
    packages = parse_pipfile_lock(text, listing, groups=["report"]).packages
    assert sorted(package.name for package in packages) == [
        "anyio",
        "idna",
        "markupsafe",
        "six",
        "toolz",
        "typing-extensions",
    ]
