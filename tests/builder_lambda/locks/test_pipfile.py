import hashlib
import json
from pathlib import Path

import pytest

from builder_lambda import Target
from builder_lambda.contract.index_listing import IndexedFile
from builder_lambda.locks.pipfile import parse_pipfile_lock
from builder_lambda.locks.unreadable import UnreadableLock
from tests.builder_lambda.memory_listing import MemoryListing, indexed

CASES = Path(__file__).parents[2] / "cases" / "given_locks" / "pipenv"
META = {"pipfile-spec": 6, "requires": {"python_version": "3.11"}, "sources": []}
PYTHON311 = Target(runtime="python3.11", architecture="x86_64")
PYTHON313 = Target(runtime="python3.13", architecture="arm64")
PURE = indexed("a-1.0-py3-none-any.whl")
SDIST = indexed("a-1.0.tar.gz")


def lock(meta: object = META, **categories: object) -> str:
    return json.dumps({"_meta": meta, "default": {}, "develop": {}, **categories})


def entry(*files: IndexedFile, version: str = "==1.0", **more: object) -> dict[str, object]:
    return {"version": version, "hashes": [f"sha256:{file.sha256}" for file in files], **more}


def problems(text: str, listing: MemoryListing) -> list[str]:
    with pytest.raises(UnreadableLock) as caught:
        parse_pipfile_lock(text, listing)
    return [str(problem) for problem in caught.value.problems]


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


@pytest.mark.parametrize(
    ("requires", "pythons"),
    [
        ({"python_version": ">=3.9"}, ">=3.9"),
        ({"python_version": "~=3.11"}, "~=3.11"),
        ({"python_version": "==3.11"}, "==3.11.*"),
        ({"python_version": "3"}, "==3.*"),
        ({"python_version": "*"}, "None"),
        ({}, "None"),
    ],
)
def test_pipenv_may_have_resolved_for_a_range_of_pythons_or_for_any(requires: object, pythons: str) -> None:
    text = lock({**META, "requires": requires})
    assert str(parse_pipfile_lock(text, MemoryListing({})).requires_python) == pythons


def test_markers_are_read_for_the_target_where_the_lock_names_no_python() -> None:
    text = lock(
        {**META, "requires": {}},
        default={
            "a": entry(PURE, markers="python_version < '3.12'"),
            "b": {"version": "*", "markers": "os_name == 'nt'"},
        },
    )
    listing = MemoryListing({"a": [PURE]})
    found = [
        [package.name for package in parse_pipfile_lock(text, listing, environment=target.environment).packages]
        for target in (PYTHON311, PYTHON313)
    ]
    assert found == [["a"], []]


def test_what_the_target_does_not_need_may_be_locked_to_no_version() -> None:
    # what pipenv writes for a package that its own platform does not need
    text = lock(default={"a": entry(PURE), "pywin32": {"version": "*", "markers": "sys_platform == 'win32'"}})
    listing = MemoryListing({"a": [PURE]})
    (package,) = parse_pipfile_lock(text, listing, environment=PYTHON311.environment).packages
    assert (package.name, package.marker, listing.asked) == ("a", None, ["a"])
    # nor is it compared where no target is named
    assert [package.name for package in parse_pipfile_lock(text, listing).packages] == ["a"]


def test_what_the_target_needs_must_be_locked_to_a_version_under_a_marker_too() -> None:
    text = lock(default={"a": {"version": "*", "markers": "sys_platform == 'linux'"}})
    with pytest.raises(UnreadableLock) as caught:
        parse_pipfile_lock(text, MemoryListing({}), environment=PYTHON311.environment)
    assert [str(problem) for problem in caught.value.problems] == ["a *: it is not locked to one version"]


DIRECT = "https://files.example.invalid/a-1.0-py3-none-any.whl"


@pytest.mark.parametrize("listed", [{"a": [PURE, SDIST]}, {}])
def test_of_several_hashes_of_a_url_the_one_in_it_is_taken(listed: dict[str, list[IndexedFile | str]]) -> None:
    locked = {**entry(SDIST, PURE), "version": None, "file": f"{DIRECT}#egg=a&sha256={PURE.sha256}"}
    (package,) = parse_pipfile_lock(lock(default={"a": locked}), MemoryListing(listed)).packages
    assert package.archive is not None
    assert package.archive.hashes == {"sha256": PURE.sha256}


def test_of_several_hashes_of_a_url_the_index_says_which_is_of_its_file() -> None:
    locked = {**entry(SDIST, PURE), "version": None, "file": DIRECT}
    (package,) = parse_pipfile_lock(lock(default={"a": locked}), MemoryListing({"a": [SDIST, PURE]})).packages
    assert package.archive is not None
    assert (package.archive.url, package.archive.hashes) == (DIRECT, {"sha256": PURE.sha256})


@pytest.mark.parametrize("listed", [{"a": [SDIST]}, {}])
def test_several_hashes_of_a_url_that_no_index_knows_are_refused(listed: dict[str, list[IndexedFile | str]]) -> None:
    locked = {**entry(SDIST, PURE), "version": None, "file": DIRECT}
    assert problems(lock(default={"a": locked}), MemoryListing(listed)) == [
        "a: it is locked with 2 sha256, and the package index has no 'a-1.0-py3-none-any.whl' with one of them;"
        " leave only that of the file"
    ]


@pytest.mark.parametrize(("key", "form"), [("path", "{}"), ("file", "./{}"), ("file", "file://{}")])
def test_a_wheel_by_path_is_the_file_that_has_one_of_its_hashes(tmp_path: Path, key: str, form: str) -> None:
    name = "my_a-1.0-py3-none-any.whl"
    (tmp_path / name).write_bytes(b"wheel")
    own = hashlib.sha256(b"wheel").hexdigest()
    path = form.format(tmp_path / name if form.startswith("file:") else name)
    locked = {key: path, "hashes": [f"sha256:{'00' * 32}", f"sha256:{own}"]}
    (package,) = parse_pipfile_lock(lock(default={"my-a": locked}), MemoryListing({}), folder=tmp_path).packages
    assert package.archive is not None
    assert (package.archive.hashes, package.archive.url) == ({"sha256": own}, None)
    assert (tmp_path / (package.archive.path or "")).is_file()


def test_everything_that_pins_nothing_is_refused_at_once() -> None:
    text = lock(
        {"pipfile-spec": 7, "requires": {"python_version": "three"}},
        default={
            "loose": {"version": "*"},
            "bare": {"version": "==1.0"},
            "weak": {"version": "==1.0", "hashes": ["md5:00"]},
            "odd": entry(PURE, markers="os is linux"),
            "forked": {"git": "https://git.example.invalid/f", "ref": "c0ffee"},
            "astray": {"path": "../astray", "markers": "os is linux"},
        },
    )
    assert problems(text, MemoryListing({})) == [
        "_meta.pipfile-spec: it is 7; only 6 is supported",
        "_meta.requires: 'three' is neither a version of Python nor a range of versions",
        "loose *: it is not locked to one version",
        "bare 1.0: it is locked without a sha256",
        "weak 1.0: it is locked without a sha256",
        "odd 1.0: Expected a marker variable or quoted string",
        "astray: Expected a marker variable or quoted string",
    ]


def test_what_the_index_does_not_have_is_named() -> None:
    text = lock(default={"a": entry(indexed("a-1.0-py2-none-any.whl")), "b": entry(PURE)})
    assert problems(text, MemoryListing({"a": [PURE]})) == [
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
        ('{"_meta": {}}', ["_meta.pipfile-spec: it is missing"]),
        (lock(default={"a": "==1"}), ["default.a: it must be a table of keys and values"]),
    ],
)
def test_what_has_not_the_form_of_the_lock_is_refused(text: str, found: list[str]) -> None:
    assert problems(text, MemoryListing({})) == found


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
