import hashlib
import json
import os
import shlex
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

import pytest
import uv

from builder_lambda import ResolveRequest, Target, resolve
from builder_lambda.errors.locks import InvalidLockChoice, LockedFolder, UnreadableLockFile, UnusableLock
from builder_lambda.indexes.addressed_wheels import AddressingWheelIndex
from builder_lambda.indexes.http_wheels import HttpWheelIndex
from builder_lambda.indexes.settings import IndexSettings
from builder_lambda.indexes.simple import SimpleIndex, listing_of_machine
from builder_lambda.locks.given import FORMATS, read_lock
from builder_lambda.locks.pylock import parse_lock
from builder_lambda.locks.selection import select_wheels
from tests.builder_lambda.fakes import ListedResolver, MemoryArchives, memory_ports, with_indexes
from tests.builder_lambda.memory_listing import MemoryListing, indexed

CASES = Path(__file__).parents[2] / "cases" / "given_locks"
PYTHON311 = Target(runtime="python3.11", architecture="x86_64")
PYTHON313 = Target(runtime="python3.13", architecture="arm64")
MAIN = ["anyio", "idna", "markupsafe", "typing-extensions"]
LOCKS = ("uv/uv.lock", "poetry/poetry.lock", "pylock/pylock.toml")


def problems(
    path: Path, target: Target = PYTHON313, *, groups: Sequence[str] = (), extras: Sequence[str] = ()
) -> list[str]:
    with pytest.raises(UnusableLock) as caught:
        read_lock(path, target, groups=groups, extras=extras)
    assert (caught.value.source, caught.value.target) == (path.name, str(target))
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("name", LOCKS)
@pytest.mark.parametrize("target", [PYTHON311, PYTHON313])
def test_a_lock_gives_the_wheels_of_the_target_without_the_network(name: str, target: Target) -> None:
    lock = read_lock(CASES / name, target)
    assert list(lock.packages) == MAIN
    assert lock.packages["anyio"] == "4.16.0"
    abi = target.runtime.replace("python3.", "cp3")
    assert f"-{abi}-{abi}-manylinux" in lock.wheels[MAIN.index("markupsafe")].filename


@pytest.mark.parametrize("target", [PYTHON311, PYTHON313])
def test_the_same_wheels_are_the_same_lock_whatever_tool_locked_them(target: Target) -> None:
    assert len({read_lock(CASES / name, target).lock_sha256 for name in LOCKS}) == 1


@pytest.mark.parametrize("name", LOCKS)
def test_the_text_is_a_lock_that_selects_the_same_wheels(name: str) -> None:
    lock = read_lock(CASES / name, PYTHON313)
    assert select_wheels(parse_lock(lock.text), PYTHON313) == lock.wheels
    assert "marker" not in lock.text


@pytest.mark.parametrize("name", ["uv/uv.lock", "poetry/poetry.lock"])
def test_groups_and_extras_add_to_the_dependencies_of_the_project(name: str) -> None:
    lock = read_lock(CASES / name, PYTHON311, groups=["dev"], extras=["tables"])
    assert sorted(lock.packages) == sorted([*MAIN, "iniconfig", "six", "tabulate", "toolz", "wcwidth"])


@pytest.mark.parametrize("name", ["uv/uv.lock", "poetry/poetry.lock"])
def test_a_package_that_is_source_only_is_named(name: str) -> None:
    assert problems(CASES / name, extras=["legacy"]) == ["docopt 0.6.2: it is published as source only"]


def test_uv_names_every_unknown_group_and_extra() -> None:
    assert problems(CASES / "uv" / "uv.lock", groups=["dosc"], extras=["yaml", "toml"]) == [
        "uv: Group `dosc` is not defined in the project's `dependency-groups` table",
        "uv: Extra `yaml` is not defined in the `optional-dependencies` table for `storefront`",
        "uv: Extra `toml` is not defined in the `optional-dependencies` table for `storefront`",
    ]


def test_poetry_names_every_unknown_group_and_extra() -> None:
    assert problems(CASES / "poetry" / "poetry.lock", groups=["dosc"], extras=["yaml"]) == [
        "group 'dosc': the lock does not have this group; it has 'dev', 'direct', 'local', 'main', 'report'",
        "extra 'yaml': the lock does not have this extra; it has 'legacy', 'tables'",
    ]


def test_a_member_of_the_workspace_is_named_and_the_project_itself_is_left_out() -> None:
    assert problems(CASES / "uv_workspace" / "uv.lock") == ["core: it is the folder 'packages/core', and has no wheel"]


@pytest.mark.parametrize("name", ["uv/uv.lock", "pylock/pylock.toml"])
def test_a_runtime_that_the_lock_is_not_for_is_refused(name: str) -> None:
    found = problems(CASES / name, Target(runtime="python3.9", architecture="x86_64"))
    assert found[0].startswith("requires-python: the lock is for Python")
    assert found[0].endswith(">=3.10; python3.9 may be as old as 3.9.6") or "<4,>=3.10; python3.9" in found[0]


def test_a_lock_of_poetry_is_refused_for_another_python() -> None:
    found = problems(CASES / "poetry" / "poetry.lock", Target(runtime="python3.9", architecture="x86_64"))
    assert found[0] == (
        'environments: the lock is only for python_full_version >= "3.10" and python_full_version < "4"'
    )


def test_uv_needs_no_project_beside_its_lock_and_writes_nothing(tmp_path: Path) -> None:
    shutil.copy(CASES / "uv" / "uv.lock", tmp_path)
    assert list(read_lock(tmp_path / "uv.lock", PYTHON311).packages) == MAIN
    assert [path.name for path in tmp_path.iterdir()] == ["uv.lock"]


def test_variables_of_the_user_do_not_change_what_uv_exports(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = read_lock(CASES / "uv" / "uv.lock", PYTHON311)
    monkeypatch.setenv("UV_NO_HASHES", "1")
    monkeypatch.setenv("UV_DEV", "1")
    monkeypatch.setenv("UV_EXCLUDE_NEWER", "2001-01-01")
    assert read_lock(CASES / "uv" / "uv.lock", PYTHON311) == expected


def test_a_lock_of_uv_that_is_cut_short_is_refused_in_the_words_of_uv(tmp_path: Path) -> None:
    path = tmp_path / "uv.lock"
    path.write_text('version = 9\nrequires-python = ">=3.10"\n')
    (found,) = problems(path)
    first, second = found.splitlines()
    assert first == "uv: Failed to parse lockfile `uv.lock`"
    assert second.strip() == "cause: unsupported lockfile schema version (v9, but only v1 is supported)"


def test_pipenv_locks_for_its_python_only() -> None:
    path = CASES / "pipenv" / "Pipfile.lock"
    with pytest.raises(UnusableLock) as caught:
        read_lock(path, PYTHON313, listing=lambda: MemoryListing({}))
    assert str(caught.value) == textwrap.dedent(
        """\
        unusable-lock: 'Pipfile.lock' cannot be used for python3.13-arm64
            anyio 4.16.0: the package index has no project of this name
            idna 3.20: the package index has no project of this name
            markupsafe 3.0.4: the package index has no project of this name
            typing-extensions 4.16.0: the package index has no project of this name
            requires-python: the lock is for Python ==3.11.*; python3.13 may be as old as 3.13.0
          likely cause: it was made for other Pythons or machines, or pins what must be built
          what to do: lock again with its tool, so that it covers the target with wheels that have a sha256"""
    )


def test_a_file_of_another_name_is_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "requirements.lock"
    path.write_text("six==1.17.0")
    assert problems(path) == [f"'requirements.lock' is not the name of a lock; it must be one of {', '.join(FORMATS)}"]


def test_a_missing_lock_is_said_to_be_missing(tmp_path: Path) -> None:
    assert problems(tmp_path / "uv.lock") == ["there is no such file"]


def test_a_lock_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pylock.toml"
    path.write_bytes(b"\xff")
    assert problems(path) == [
        "it cannot be read: 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"
    ]


def test_a_pylock_of_a_wrong_form_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pylock.web.toml"
    path.write_text('lock-version = "1.0"\n')
    assert problems(path) == ["Missing required value in 'created-by'"]


def test_the_text_is_what_a_resolution_stores() -> None:
    lock = read_lock(CASES / "uv" / "uv.lock", PYTHON311)
    store = MemoryArchives()
    ports = with_indexes(memory_ports(store=store), resolver=ListedResolver(lock.wheels))
    resolved = resolve(ResolveRequest(requirements=("anyio",), target=PYTHON311), ports)
    assert resolved.lock_sha256 == lock.lock_sha256
    assert store.texts[f"locks/{lock.lock_sha256}.toml"] == lock.text


@pytest.mark.index
def test_a_lock_of_pipenv_is_the_same_lock_once_the_index_has_named_its_files() -> None:
    given = read_lock(CASES / "pipenv" / "Pipfile.lock", PYTHON311, listing=listing_of_machine)
    assert given.lock_sha256 == read_lock(CASES / "uv" / "uv.lock", PYTHON311).lock_sha256
    assert all(wheel.url.startswith("https://") for wheel in given.wheels)


@pytest.mark.index
def test_the_wheels_of_a_lock_of_poetry_are_found_and_fetched() -> None:
    settings = IndexSettings.of(os.environ)
    index = AddressingWheelIndex(HttpWheelIndex(settings=settings), SimpleIndex(settings=settings))
    lock = read_lock(CASES / "poetry" / "poetry.lock", PYTHON311)
    contents = index.fetch(select_wheels(parse_lock(lock.text), PYTHON311))
    assert [hashlib.sha256(content).hexdigest() for content in contents] == [wheel.sha256 for wheel in lock.wheels]


def refused(path: Path, target: Target = PYTHON313, **choice: Sequence[str]) -> UnusableLock:
    with pytest.raises(UnusableLock) as caught:
        read_lock(path, target, groups=choice.get("groups", ()), extras=choice.get("extras", ()))
    return caught.value


def test_the_advice_for_a_workspace_works(tmp_path: Path) -> None:
    shutil.copy(CASES / "uv_workspace" / "uv.lock", tmp_path)
    error = refused(tmp_path / "uv.lock")
    assert type(error) is LockedFolder
    assert error.remedy == (
        "give a lock without the folders, and add their code as modules: `uv export --frozen --no-emit-package core"
        " --no-emit-project --no-default-groups --format pylock.toml -o pylock.layer.toml`, with the --group and"
        " --extra that you need"
    )
    advised = shlex.split(error.remedy.split("`")[1])
    command = [uv.find_uv_bin(), *advised[1:], "--offline", "--no-config", "--no-cache", "--no-python-downloads"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert list(read_lock(tmp_path / "pylock.layer.toml", PYTHON313).packages) == ["idna", "six"]


def test_the_advice_for_a_folder_of_poetry_works(tmp_path: Path) -> None:
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "core-0.1-py3-none-any.whl").write_bytes(b"wheel")
    (tmp_path / "poetry.lock").write_text(
        textwrap.dedent(  # as Poetry writes it after `poetry add dist/core-0.1-py3-none-any.whl`
            f"""\
            [[package]]
            name = "core"
            version = "0.1"
            groups = ["main"]
            files = [
                {{file = "core-0.1-py3-none-any.whl", hash = "sha256:{hashlib.sha256(b"wheel").hexdigest()}"}},
            ]

            [package.source]
            type = "file"
            url = "dist/core-0.1-py3-none-any.whl"

            [metadata]
            lock-version = "2.1"
            python-versions = ">=3.11"
            """
        )
    )
    (wheel,) = read_lock(tmp_path / "poetry.lock", PYTHON313).local_wheels
    assert wheel.filename == "core-0.1-py3-none-any.whl"


@pytest.mark.parametrize(("groups", "extras"), [(["dosc"], []), ([], ["yaml"])], ids=["no such group", "no such extra"])
def test_what_uv_does_not_have_is_a_problem_of_the_choice(groups: list[str], extras: list[str]) -> None:
    assert type(refused(CASES / "uv" / "uv.lock", groups=groups, extras=extras)) is InvalidLockChoice


CONFLICTING = """\
version = 1
revision = 5
requires-python = ">=3.10"
conflicts = [[
    { package = "app", extra = "new" },
    { package = "app", extra = "old" },
]]

[[package]]
name = "app"
version = "1"
source = { virtual = "." }

[package.optional-dependencies]
new = []
old = []

[package.metadata]
provides-extras = ["new", "old"]
"""


def test_extras_that_exclude_each_other_are_a_problem_of_the_choice(tmp_path: Path) -> None:
    (tmp_path / "uv.lock").write_text(CONFLICTING)
    error = refused(tmp_path / "uv.lock", extras=["new", "old"])
    assert type(error) is InvalidLockChoice
    assert [str(problem) for problem in error.problems] == [
        "uv: Extras `new` and `old` are incompatible with the declared conflicts: {`app[new]`, `app[old]`}"
    ]


def test_a_group_of_uv_that_is_for_other_pythons_is_refused_and_not_left_empty(tmp_path: Path) -> None:
    text = (CASES / "uv" / "uv.lock").read_text()
    assert "[package.dev-dependencies]" in text
    (tmp_path / "uv.lock").write_text(
        text.replace(
            "[package.dev-dependencies]",
            '[package.group-requires-python]\ndev = ">=3.13"\n\n[package.dev-dependencies]',
            1,
        )
    )
    error = refused(tmp_path / "uv.lock", PYTHON311, groups=["Dev"])
    assert type(error) is InvalidLockChoice
    assert [str(problem) for problem in error.problems] == [
        "group 'dev': it needs Python >=3.13; python3.11 may be as old as 3.11.3"
    ]
    assert "iniconfig" in read_lock(tmp_path / "uv.lock", PYTHON313, groups=["dev"]).packages
    assert list(read_lock(tmp_path / "uv.lock", PYTHON311).packages) == MAIN


def test_a_group_of_another_member_does_not_bind_the_project(tmp_path: Path) -> None:
    other = """
        [[package]]
        name = "other"
        version = "1"
        source = { virtual = "other" }

        [package.group-requires-python]
        dev = ">=3.14"
        """
    text = (CASES / "uv" / "uv.lock").read_text()
    (tmp_path / "uv.lock").write_text(text + textwrap.dedent(other))
    assert "iniconfig" in read_lock(tmp_path / "uv.lock", PYTHON311, groups=["dev"]).packages


def test_a_folder_is_no_lock(tmp_path: Path) -> None:
    (tmp_path / "poetry.lock").mkdir()
    assert problems(tmp_path) == ["it is a folder; name the lock in it"]
    assert problems(tmp_path / "poetry.lock") == ["it is a folder; name the lock in it"]


@pytest.mark.parametrize("name", ["uv.lock", "poetry.lock", "Pipfile.lock", "pylock.toml"])
def test_a_merge_that_is_not_finished_is_told_by_its_lines(tmp_path: Path, name: str) -> None:
    side = "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> main\n"
    (tmp_path / name).write_text(f"{side}\n{side}")
    assert problems(tmp_path / name) == [
        "it has conflict markers of a merge, at line 1, 7; take one side, then lock again"
    ]


def test_a_lock_that_cannot_be_read_is_told_as_that(tmp_path: Path) -> None:
    error = refused(tmp_path / "uv.lock")
    assert type(error) is UnreadableLockFile
    assert str(error) == textwrap.dedent(
        """\
        unreadable-lock: 'uv.lock' cannot be used for python3.13-arm64
            there is no such file
          likely cause: the path is not that of a lock, or the file is damaged, not written by its tool, or of another version
          what to do: give the path of a lock as its tool wrote it: pylock.toml, pylock.<name>.toml, uv.lock, poetry.lock or Pipfile.lock; if it is damaged, have the tool write it again"""  # noqa: E501  # as it is shown
    )


def test_all_problems_of_a_lock_of_pipenv_are_told_together(tmp_path: Path) -> None:
    meta = {"pipfile-spec": 6, "requires": {"python_version": "3.11"}}
    path = tmp_path / "Pipfile.lock"
    path.write_text(json.dumps({"_meta": meta, "default": {"a": {"version": "*"}}, "develop": {}}))
    with pytest.raises(UnusableLock) as caught:
        read_lock(path, PYTHON313, groups=["docs"], listing=lambda: MemoryListing({}))
    assert [str(problem) for problem in caught.value.problems] == [
        "a *: it is not locked to one version",
        "group 'docs': the lock does not have this group; it has 'default', 'develop'",
        "requires-python: the lock is for Python ==3.11.*; python3.13 may be as old as 3.13.0",
    ]
    assert type(caught.value) is UnusableLock


def test_a_lock_of_pipenv_for_a_range_of_pythons_is_taken_for_those_in_it(tmp_path: Path) -> None:
    path = tmp_path / "Pipfile.lock"
    six = indexed("six-1.17.0-py3-none-any.whl")
    locked = {"version": "==1.17.0", "hashes": [f"sha256:{six.sha256}"], "markers": "extra != 'x'"}
    for written, reason in [
        (">=3.12", "requires-python: the lock is for Python >=3.12; python3.11 may be as old as 3.11.3"),
        ("*", ""),
    ]:
        meta = {"pipfile-spec": 6, "requires": {"python_version": written}}
        path.write_text(json.dumps({"_meta": meta, "default": {"six": locked}}))
        assert list(read_lock(path, PYTHON313, listing=lambda: MemoryListing({"six": [six]})).packages) == ["six"]
        if reason:
            with pytest.raises(UnusableLock) as caught:
                read_lock(path, PYTHON311, listing=lambda: MemoryListing({"six": [six]}))
            assert [str(problem) for problem in caught.value.problems] == [reason]
        else:
            assert list(read_lock(path, PYTHON311, listing=lambda: MemoryListing({"six": [six]})).packages) == ["six"]


def test_a_wheel_in_a_lock_of_pipenv_is_read_from_its_path(tmp_path: Path) -> None:
    (tmp_path / "idna-3.7-py3-none-any.whl").write_bytes(b"wheel")
    digest = hashlib.sha256(b"wheel").hexdigest()
    locked = {"path": "./idna-3.7-py3-none-any.whl", "hashes": [f"sha256:{'00' * 32}", f"sha256:{digest}"]}
    path = tmp_path / "Pipfile.lock"
    path.write_text(json.dumps({"_meta": {"pipfile-spec": 6, "requires": {}}, "default": {"idna": locked}}))
    lock = read_lock(path, PYTHON313, listing=lambda: MemoryListing({}))
    assert [(wheel.filename, wheel.sha256) for wheel in lock.local_wheels] == [("idna-3.7-py3-none-any.whl", digest)]
    assert lock.packages == {"idna": "3.7"}


def test_a_pylock_of_a_newer_minor_version_is_read_without_a_bare_line(tmp_path: Path) -> None:
    text = (CASES / "pylock" / "pylock.toml").read_text()
    assert 'lock-version = "1.0"' in text
    path = tmp_path / "pylock.toml"
    path.write_text(text.replace('lock-version = "1.0"', 'lock-version = "1.1"'))
    code = (
        "import sys; from pathlib import Path; from builder_lambda import Target;"
        "from builder_lambda.locks.given import read_lock;"
        "read_lock(Path(sys.argv[1]), Target(runtime='python3.13', architecture='arm64'))"
    )
    run = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert (run.stdout, run.stderr) == ("", "")
