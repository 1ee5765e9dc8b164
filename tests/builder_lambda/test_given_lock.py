import hashlib
import os
import shutil
import textwrap
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from builder_lambda import ResolveRequest, Target, resolve
from builder_lambda.given_lock import FORMATS, read_lock
from builder_lambda.index_settings import IndexSettings
from builder_lambda.lock import parse_lock
from builder_lambda.lock_errors import UnusableLock
from builder_lambda.simple_index import SimpleIndex
from builder_lambda.wheel_addresses import AddressingWheelIndex
from builder_lambda.wheel_index import HttpWheelIndex
from builder_lambda.wheels import select_wheels
from tests.builder_lambda.fakes import ListedResolver, MemoryArchives, memory_ports
from tests.builder_lambda.memory_listing import MemoryListing

CASES = Path(__file__).parent.parent / "cases" / "given_locks"
PYTHON311 = Target(runtime="python3.11", architecture="x86_64")
PYTHON313 = Target(runtime="python3.13", architecture="arm64")
MAIN = ["anyio", "idna", "markupsafe", "typing-extensions"]
LOCKS = ("uv/uv.lock", "poetry/poetry.lock", "pylock/pylock.toml")


def faults(
    path: Path, target: Target = PYTHON313, *, groups: Sequence[str] = (), extras: Sequence[str] = ()
) -> list[str]:
    with pytest.raises(UnusableLock) as caught:
        read_lock(path, target, groups=groups, extras=extras)
    assert (caught.value.source, caught.value.target) == (path.name, target.slug)
    return [str(fault) for fault in caught.value.faults]


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
    assert faults(CASES / name, extras=["legacy"]) == ["docopt 0.6.2: it is published as source only"]


def test_uv_names_every_unknown_group_and_extra() -> None:
    assert faults(CASES / "uv" / "uv.lock", groups=["dosc"], extras=["yaml", "toml"]) == [
        "uv: Group `dosc` is not defined in the project's `dependency-groups` table",
        "uv: Extra `yaml` is not defined in the `optional-dependencies` table for `storefront`",
        "uv: Extra `toml` is not defined in the `optional-dependencies` table for `storefront`",
    ]


def test_poetry_names_every_unknown_group_and_extra() -> None:
    assert faults(CASES / "poetry" / "poetry.lock", groups=["dosc"], extras=["yaml"]) == [
        "group 'dosc': the lock does not have this group; it has 'dev', 'direct', 'local', 'main', 'report'",
        "extra 'yaml': the lock does not have this extra; it has 'legacy', 'tables'",
    ]


def test_a_member_of_the_workspace_is_named_and_the_project_itself_is_left_out() -> None:
    assert faults(CASES / "uv_workspace" / "uv.lock") == [
        "core: it is the folder 'packages/core'; publish a wheel, or add it to the layer as a module"
    ]


@pytest.mark.parametrize("name", ["uv/uv.lock", "pylock/pylock.toml"])
def test_a_runtime_that_the_lock_is_not_for_is_refused(name: str) -> None:
    found = faults(CASES / name, Target(runtime="python3.9", architecture="x86_64"))
    assert found[0].startswith("requires-python: the lock is for Python")
    assert found[0].endswith(">=3.10; python3.9 may be as old as 3.9.6") or "<4,>=3.10; python3.9" in found[0]


def test_a_lock_of_poetry_is_refused_for_another_python() -> None:
    found = faults(CASES / "poetry" / "poetry.lock", Target(runtime="python3.9", architecture="x86_64"))
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
    (found,) = faults(path)
    first, second = found.splitlines()
    assert first == "uv: Failed to parse lockfile `uv.lock`"
    assert second.strip() == "cause: unsupported lockfile schema version (v9, but only v1 is supported)"


def test_pipenv_locks_for_its_python_only() -> None:
    path = CASES / "pipenv" / "Pipfile.lock"
    with pytest.raises(UnusableLock) as caught:
        read_lock(path, PYTHON313, listing=MemoryListing({}))
    assert str(caught.value) == textwrap.dedent(
        """\
        unusable-lock: 'Pipfile.lock' cannot be used for python313-arm64
            anyio 4.16.0: the package index has no project of this name
            idna 3.20: the package index has no project of this name
            markupsafe 3.0.4: the package index has no project of this name
            typing-extensions 4.16.0: the package index has no project of this name
          likely cause: it was made for other Pythons or machines, has another format, or pins what must be built
          what to do: lock again with its tool, so that it covers the target with wheels that have a sha256"""
    )


def test_a_file_of_another_name_is_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "requirements.lock"
    path.write_text("six==1.17.0")
    assert faults(path) == [f"'requirements.lock' is not the name of a lock; it must be one of {', '.join(FORMATS)}"]


def test_a_missing_lock_is_said_to_be_missing(tmp_path: Path) -> None:
    assert faults(tmp_path / "uv.lock") == ["there is no such file"]


def test_a_lock_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pylock.toml"
    path.write_bytes(b"\xff")
    assert faults(path) == ["it cannot be read: 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"]


def test_a_pylock_of_a_wrong_form_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pylock.web.toml"
    path.write_text('lock-version = "1.0"\n')
    assert faults(path) == ["Missing required value in 'created-by'"]


def test_the_text_is_what_a_resolution_stores() -> None:
    lock = read_lock(CASES / "uv" / "uv.lock", PYTHON311)
    store = MemoryArchives()
    ports = replace(memory_ports(store=store), resolver=ListedResolver(lock.wheels))
    resolved = resolve(ResolveRequest(requirements=("anyio",), target=PYTHON311), ports)
    assert resolved.lock_sha256 == lock.lock_sha256
    assert store.texts[f"locks/{lock.lock_sha256}.toml"] == lock.text


@pytest.mark.index
def test_a_lock_of_pipenv_is_the_same_lock_once_the_index_has_named_its_files() -> None:
    given = read_lock(CASES / "pipenv" / "Pipfile.lock", PYTHON311)
    assert given.lock_sha256 == read_lock(CASES / "uv" / "uv.lock", PYTHON311).lock_sha256
    assert all(wheel.url.startswith("https://") for wheel in given.wheels)


@pytest.mark.index
def test_the_wheels_of_a_lock_of_poetry_are_found_and_fetched() -> None:
    settings = IndexSettings.of(os.environ)
    index = AddressingWheelIndex(HttpWheelIndex(settings=settings), SimpleIndex(settings=settings))
    lock = read_lock(CASES / "poetry" / "poetry.lock", PYTHON311)
    contents = index.fetch(select_wheels(parse_lock(lock.text), PYTHON311))
    assert [hashlib.sha256(content).hexdigest() for content in contents] == [wheel.sha256 for wheel in lock.wheels]
