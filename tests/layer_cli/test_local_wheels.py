"""Local wheel files as requirements of ``lock`` and ``build``."""

import shutil
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.builder_lambda.guarded_index import GuardedIndex
from tests.builder_lambda.wheel_factory import MadeWheel, make_wheel
from tests.layer_cli.conftest import needing
from tests.layer_cli.shell import RUNTIME, Shell

TARGET = ("--runtime", RUNTIME)
MINE = needing("mylib", "1.0", "core<2")
DARWIN = make_wheel("mylib", "1.0", tag="cp311-cp311-macosx_11_0_arm64")


def put(shell: Shell, wheel: MadeWheel, folder: str = "dist") -> str:
    path = shell.folder / folder / wheel.filename
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(wheel.content)
    return f"./{folder}/{wheel.filename}"


def test_a_local_wheel_is_built_in_with_its_dependencies(shell: Shell) -> None:
    result = shell.json("build", put(shell, MINE), *TARGET, "--no-bytecode")

    assert {name: package["version"] for name, package in result["packages"].items()} == {"core": "1.0", "mylib": "1.0"}
    with zipfile.ZipFile(shell.folder / "layer.zip") as archive:
        assert {"python/mylib/__init__.py", "python/core/__init__.py"} <= set(archive.namelist())


def test_a_local_wheel_is_never_requested_from_an_index(shell: Shell, index: GuardedIndex) -> None:
    shell.json("lock", put(shell, MINE), *TARGET)

    assert not [path for path in index.pages_asked() if "mylib" in path]


@pytest.mark.parametrize("source", ["file", "project", "url", "command"])
def test_every_kind_of_requirements_accepts_a_local_wheel(shell: Shell, source: str) -> None:
    path = put(shell, MINE, "app/dist")
    shell.write("app/requirements.txt", f"./dist/{MINE.filename} --hash=sha256:{MINE.sha256}  # mine\n")
    shell.write(
        "app/pyproject.toml", f'[project]\nname = "app"\ndependencies = ["mylib @ file:dist/{MINE.filename}"]\n'
    )
    given = {
        "file": ("-r", "app/requirements.txt"),
        "project": ("-p", "app"),
        "url": (f"mylib @ {(shell.folder / path).as_uri()}",),
        "command": (path,),
    }

    result = shell.json("lock", *given[source], *TARGET)

    assert result["packages"] == {"core": "1.0", "mylib": "1.0"}
    assert result["lock_sha256"] == shell.json("lock", path, *TARGET)["lock_sha256"]


def test_another_checkout_gives_the_same_bytes(shell: Shell) -> None:
    built = shell.json("build", put(shell, MINE, "one/dist"), *TARGET, "--no-bytecode")
    shutil.rmtree(shell.environ["PYTHON_LAYERS_CACHE"])
    again = shell.json("build", put(shell, MINE, "two/deep/er"), *TARGET, "--no-bytecode", "-o", "again.zip")

    assert (again["code_sha256"], again["lock_sha256"]) == (built["code_sha256"], built["lock_sha256"])


def test_changed_content_of_a_local_wheel_changes_the_lock(shell: Shell) -> None:
    first = shell.json("build", put(shell, MINE), *TARGET, "--no-bytecode")
    changed = make_wheel("mylib", "1.0", {"mylib/__init__.py": "VALUE = 2\n"})
    assert changed.filename == MINE.filename

    second = shell.json("build", put(shell, changed), *TARGET, "--no-bytecode")

    assert second["lock_sha256"] != first["lock_sha256"]
    with zipfile.ZipFile(shell.folder / "layer.zip") as archive:
        assert archive.read("python/mylib/__init__.py") == b"VALUE = 2\n"


def test_the_lock_names_the_file_from_its_own_folder_and_builds_anywhere(shell: Shell, tmp_path: Path) -> None:
    shell.write("locks/.keep", "")
    shell.json("lock", put(shell, MINE), *TARGET, "-o", "locks/pylock.toml")

    lock = tomllib.loads((shell.folder / "locks/pylock.toml").read_text())

    assert [wheel for package in lock["packages"] for wheel in package["wheels"] if "path" in wheel] == [
        {"path": f"../dist/{MINE.filename}", "hashes": {"sha256": MINE.sha256}}
    ]
    shutil.rmtree(shell.environ["PYTHON_LAYERS_CACHE"])
    moved = shell.folder / "elsewhere"
    moved.mkdir()
    shutil.move(shell.folder / "locks", moved / "locks")
    shutil.move(shell.folder / "dist", moved / "dist")
    assert shell.json("build", "-l", "elsewhere/locks/pylock.toml", *TARGET)["packages"].keys() == {"core", "mylib"}


def test_a_lock_with_a_missing_or_changed_file_is_refused(shell: Shell) -> None:
    path = put(shell, MINE)
    shell.json("lock", path, *TARGET)
    (shell.folder / path).write_bytes(b"something else")

    result = shell.run("build", "-l", "pylock.toml", *TARGET)

    assert result.exit_code == 1
    problem = result.stderr.splitlines()[1].strip()
    assert problem == (
        f"mylib 1.0: it is the file 'dist/{MINE.filename}' beside the lock, which is missing or is not the locked one"
    )


def test_an_earlier_lock_with_a_file_keeps_the_versions_of_the_others(shell: Shell) -> None:
    free = needing("mylib", "1.0", "core")
    shell.json("lock", put(shell, free), "core==1.0", *TARGET)

    result = shell.run("lock", put(shell, free), *TARGET)

    assert "2 packages (2 unchanged)" in result.stdout


def test_a_local_wheel_for_another_target_is_reported(shell: Shell) -> None:
    result = shell.run("build", put(shell, DARWIN), "--runtime", "python3.11")

    assert result.exit_code == 1
    assert result.stderr.startswith("no-compatible-wheel: no wheel of 'mylib' can be loaded by python3.11-x86_64\n")
    assert DARWIN.filename in result.stderr


def test_a_wheel_for_another_machine_is_left_out_by_its_marker(shell: Shell) -> None:
    line = f"{put(shell, DARWIN)} ; sys_platform == 'darwin'"

    assert shell.json("lock", line, "core", *TARGET)["packages"] == {"core": "2.0"}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("./dist/mylib-2.0-py3-none-any.whl", "there is no file './dist/mylib-2.0-py3-none-any.whl'"),
        ("./dist/mylib.whl", "the file must be a wheel, with the name of one; other archives have to be built"),
        (f"other @ file:dist/{MINE.filename}", "the wheel of the URL belongs to the project 'mylib'"),
        (f"./dist/{MINE.filename} --hash=sha256:{'0' * 64}", f"the file has another sha256: {MINE.sha256}"),
        (
            "./dist/mylib-1.0.tar.gz",
            "a local path exists on one machine only; require a wheel, by its path or from an index",
        ),
        (
            f"mylib @ local:{MINE.filename}",
            "a URL needs '#sha256=' and 64 hexadecimal digits at its end",
        ),
    ],
)
def test_an_unusable_path_is_reported(shell: Shell, line: str, reason: str) -> None:
    put(shell, MINE)
    shell.write("requirements.txt", line + "\n")

    result = shell.run("lock", "-r", "requirements.txt", *TARGET)

    assert result.exit_code == 1
    assert result.stderr.splitlines()[1].endswith(reason), result.stderr


def test_a_wheel_that_is_missing_in_the_store_is_reported(shell: Shell) -> None:
    line = f"mylib @ local:{MINE.filename}#sha256={MINE.sha256}"

    result = shell.run("lock", line, *TARGET)

    assert result.exit_code == 1
    assert result.stderr == (
        "stored-wheel-missing: the archive store lacks a wheel of its own\n"
        f"    {MINE.filename}\n"
        "  likely cause: the store was emptied since they were put there, or the lock was made with another store\n"
        "  what to do: run again from the requirements, which stores local wheels and builds what has to be built, "
        "or lock again\n"
    )


def test_a_folder_called_wheels_is_not_a_key_of_the_store(shell: Shell) -> None:
    shell.json("lock", put(shell, MINE, "wheels"), *TARGET)

    assert f'path = "wheels/{MINE.filename}"' in (shell.folder / "pylock.toml").read_text()
    assert shell.json("build", "-l", "pylock.toml", *TARGET)["packages"].keys() == {"core", "mylib"}
