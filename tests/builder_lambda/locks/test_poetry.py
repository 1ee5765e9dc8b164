import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import cast

import pytest
from packaging.requirements import Requirement

from builder_lambda import RUNTIMES, Target
from builder_lambda.errors.locks import UnusableLock
from builder_lambda.locks.coverage import covering_wheels
from builder_lambda.locks.poetry import parse_poetry_lock
from builder_lambda.locks.unreadable import UnreadableLock

CASES = Path(__file__).parents[2] / "cases" / "given_locks" / "poetry"
LOCK = (CASES / "poetry.lock").read_text()
HEAD = '[metadata]\nlock-version = "2.1"\npython-versions = "{}"\n'


def choices() -> Iterator[tuple[list[str], list[str], list[Requirement]]]:
    """Yield groups, extras and what `poetry export` gave for them."""
    for part in re.split("^== ", (CASES / "exported.txt").read_text(), flags=re.MULTILINE)[1:]:
        options, *lines = part.splitlines()
        words = options.split()
        values = dict(zip(words[::2], words[1::2], strict=False)) if words[0].startswith("-") else {}
        groups, extras = values.get("--with"), values.get("-E")
        yield [groups] if groups else [], [extras] if extras else [], [Requirement(line) for line in lines if line]


@pytest.mark.parametrize("runtime", [runtime for runtime in RUNTIMES if runtime != "python3.9"])
@pytest.mark.parametrize(("groups", "extras", "exported"), list(choices()))
def test_what_is_chosen_is_what_poetry_exports(
    runtime: str, groups: list[str], extras: list[str], exported: list[Requirement]
) -> None:
    target = Target(runtime=runtime, architecture="x86_64")
    environment = cast("dict[str, str]", target.environment)
    expected = {
        (item.name, str(item.specifier).removeprefix("=="))
        for item in exported
        if item.marker is None or item.marker.evaluate(environment)
    }
    lock = parse_poetry_lock(LOCK)
    choice: dict[str, str | AbstractSet[str]] = {
        **environment,
        "extras": frozenset(extras),
        "dependency_groups": frozenset(["main", *groups]),
    }
    chosen = {
        (package.name, str(package.version))
        for package in lock.packages
        if package.marker is None or package.marker.evaluate(choice, context="lock_file")
    }
    assert chosen == expected
    assert len(chosen) >= 4


def test_wheels_are_named_by_their_package_url() -> None:
    target = Target(runtime="python3.13", architecture="arm64")
    wheels = {w.name: w for w in covering_wheels(parse_poetry_lock(LOCK), target, source="poetry.lock")}
    filename = wheels["markupsafe"].filename
    assert filename.startswith("markupsafe-3.0.4-cp313-cp313-manylinux")
    assert filename.endswith("_aarch64.whl")
    assert wheels["markupsafe"].url == f"pkg:pypi/markupsafe@3.0.4?file_name={filename}"


def test_a_wheel_that_is_locked_by_url_keeps_its_address() -> None:
    target = Target(runtime="python3.13", architecture="x86_64")
    wheels = covering_wheels(parse_poetry_lock(LOCK), target, source="poetry.lock", groups=["direct"])
    (sniffio,) = [wheel for wheel in wheels if wheel.name == "sniffio"]
    assert sniffio.url.startswith("https://files.example.invalid/packages/")


def test_folders_and_source_only_packages_are_refused_by_name() -> None:
    target = Target(runtime="python3.13", architecture="x86_64")
    with pytest.raises(UnusableLock) as caught:
        covering_wheels(parse_poetry_lock(LOCK), target, source="poetry.lock", groups=["local"], extras=["legacy"])
    assert [str(problem) for problem in caught.value.problems] == [
        "core 0.1: it is the folder '../core', and has no wheel",
        "docopt 0.6.2: it is published as source only",
    ]


def test_repositories_and_files_are_refused_by_name() -> None:
    entry = '[[package]]\nname = "{0}"\nversion = "1.0"\ngroups = ["main"]\nfiles = [{files}]\n[package.source]\n{1}\n'
    text = (
        entry.format(
            "forked", 'type = "git"\nurl = "https://git.example.invalid/f"\nresolved_reference = "c0ffee"', files=""
        )
        + entry.format("lone", 'type = "file"\nurl = "../lone-1.0-py3-none-any.whl"', files="")
        + HEAD.format(">=3.11")
    )
    with pytest.raises(UnusableLock) as caught:
        covering_wheels(
            parse_poetry_lock(text), Target(runtime="python3.13", architecture="x86_64"), source="poetry.lock"
        )
    assert [str(problem) for problem in caught.value.problems] == [
        "forked 1.0: it comes from a repository and would have to be built; publish a wheel and lock that",
        "lone 1.0: it is the file '../lone-1.0-py3-none-any.whl' beside the lock, which is missing"
        " or is not the locked one",
        "lone 1.0: 'lone-1.0-py3-none-any.whl' is locked without a sha256",
    ]


def test_a_group_may_have_a_marker_of_its_own() -> None:
    text = (
        '[[package]]\nname = "tomli"\nversion = "2.0"\ngroups = ["main", "dev", "docs"]\n'
        'files = [{file = "tomli-2.0-py3-none-any.whl", hash = "sha256:00"}]\n'
        'markers = {main = "python_version < \\"3.11\\"", '
        'dev = "extra == \\"Old_Toml\\" and python_version < \\"3.14\\""}\n'
        + '[extras]\n"old.toml" = ["tomli"]\n'
        + HEAD.format("*")
    )
    (package,) = parse_poetry_lock(text).packages
    assert str(package.marker) == (
        '("main" in dependency_groups and python_version < "3.11")'
        ' or ("dev" in dependency_groups and ("old-toml" in extras and python_version < "3.14"))'
        ' or "docs" in dependency_groups'
    )
    assert parse_poetry_lock(text).extras == ["old-toml"]


def test_extras_may_stand_on_either_side_and_be_excluded() -> None:
    text = (
        '[[package]]\nname = "a"\nversion = "1"\ngroups = ["main"]\n'
        'files = [{file = "a-1.egg", hash = "sha256:00"}, {file = "b-1-py3-none-any.whl", hash = "sha256:00"}]\n'
        "markers = \"'x' == extra and extra != 'y'\"\n" + HEAD.format("*")
    )
    (package,) = parse_poetry_lock(text).packages
    assert str(package.marker) == '"main" in dependency_groups and ("x" in extras and "y" not in extras)'
    assert (package.wheels, package.sdist) == ([], None)


@pytest.mark.parametrize(
    ("python_versions", "environments"),
    [
        ("*", []),
        ("^3.11", ['python_full_version >= "3.11" and python_full_version < "4.0"']),
        ("~3.11", ['python_full_version >= "3.11" and python_full_version < "3.12"']),
        (
            ">=3.9,<3.12 || >=3.13",
            ['python_full_version >= "3.9" and python_full_version < "3.12"', 'python_full_version >= "3.13"'],
        ),
    ],
)
def test_pythons_in_the_notation_of_poetry_become_environments(python_versions: str, environments: list[str]) -> None:
    found = parse_poetry_lock(HEAD.format(python_versions)).environments
    assert [str(marker) for marker in found or ()] == environments


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (
            '[[package]]\nname = "a"\nversion = "1"\n[metadata]\nlock-version = "2.0"\npython-versions = "*"\n',
            ["metadata.lock-version: it is 2.0, and must be <3,>=2.1; lock again with Poetry 2.0 or later"],
        ),
        (
            '[[package]]\nname = "a"\nfiles = [1]\n' + HEAD.format("*"),
            [
                "package[0].version: it is missing",
                "package[0].groups: it is missing",
                "package[0].files[0]: it must be a table of keys and values",
            ],
        ),
        (
            '[[package]]\nname = "a"\nversion = "new"\ngroups = ["main"]\n'
            '[[package]]\nname = "b"\nversion = "1"\ngroups = ["main"]\nmarkers = "os is linux"\n' + HEAD.format("*"),
            [
                "a new: Invalid version: 'new'",
                "b 1: Expected a marker variable or quoted string",
            ],
        ),
        (
            '[[package]]\nname = "a"\nversion = "1"\ngroups = ["main"]\nmarkers = 3\n'
            '[[package]]\nname = "b"\nversion = "1"\ngroups = ["main"]\nmarkers = {main = 3}\n' + HEAD.format("*"),
            [
                "package[0].markers: it must be text, or a table of texts",
                "package[1].markers.main: it must be text",
            ],
        ),
        (
            '[metadata]\nlock-version = "3.0"\npython-versions = "*"\n',
            [
                "metadata.lock-version: it is 3.0, which is newer than this python-layers, which reads <3,>=2.1;"
                " upgrade python-layers"
            ],
        ),
        (
            '[metadata]\nlock-version = "999"\n',
            [
                "metadata.lock-version: it is 999, which is newer than this python-layers, which reads <3,>=2.1;"
                " upgrade python-layers"
            ],
        ),
        (
            '[metadata]\nlock-version = "new"\n',
            ["metadata.lock-version: it is 'new', which is not a version; lock again with Poetry 2.0 or later"],
        ),
        (
            '[[package]]\nname = "a"\nversion = "1"\ngroups = ["main"]\n[package.source]\ntype = "hg"\n'
            + HEAD.format("*"),
            ["a 1: it comes from a source of type 'hg', which cannot go into a layer"],
        ),
        (HEAD.format("three"), ["metadata.python-versions: Could not parse version constraint: three"]),
        ("[", ["it is not TOML: Invalid initial character for a key part (at end of document)"]),
    ],
)
def test_what_cannot_be_read_is_refused_with_all_reasons(text: str, problems: list[str]) -> None:
    with pytest.raises(UnreadableLock) as caught:
        parse_poetry_lock(text)
    assert [str(problem) for problem in caught.value.problems] == problems
