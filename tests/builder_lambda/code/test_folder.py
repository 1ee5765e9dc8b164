"""A function's code folder: what is code, what is not, and the same zip wherever it is packed."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from builder_lambda.archive.entry import ArchiveEntry
from builder_lambda.code import folder as code_folder
from builder_lambda.code.folder import pack_code
from builder_lambda.code.packed_code import PackedCode
from builder_lambda.distributions.module_entries import code_entries
from builder_lambda.errors.code import InvalidCode, InvalidModules, ModuleMissing


def written(folder: Path, files: Mapping[str, str]) -> Path:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


@pytest.fixture
def app(tmp_path: Path) -> Path:
    files = {"app.py": "a = 1\n", "web/__init__.py": "", "web/views.py": "v = 1\n", "data/table.csv": "1\n"}
    return written(tmp_path / "app", files)


def problems(folder: Path, **given: Any) -> list[str]:
    with pytest.raises(InvalidCode) as caught:
        pack_code(folder, **given)
    return list(caught.value.details)


def packed(folder: Path, **given: Any) -> list[str]:
    return sorted(pack_code(folder, **given).files)


def test_the_contents_go_to_the_root(app: Path) -> None:
    (app / "run.sh").write_text("#!/bin/sh\n")
    (app / "run.sh").chmod(0o700)
    found = pack_code(app)
    entries = code_entries(found.sha256, found.zipped())
    assert [(entry.path, entry.mode) for entry in entries] == [
        ("app.py", 0o644),
        ("data/table.csv", 0o644),
        ("run.sh", 0o755),
        ("web/__init__.py", 0o644),
        ("web/views.py", 0o644),
    ]
    assert entries[0].content() == b"a = 1\n"
    assert found.key == f"modules/{found.sha256}.zip"


def test_only_content_names_and_the_right_to_execute_matter(app: Path, tmp_path: Path) -> None:
    first = pack_code(app)
    os.utime(app / "app.py", (0, 0))
    (app / "app.py").chmod(0o600)
    assert pack_code(app) == first
    elsewhere = app.rename(tmp_path / "elsewhere")
    assert pack_code(elsewhere).sha256 == first.sha256
    (elsewhere / "app.py").write_text("a = 2\n")
    assert pack_code(elsewhere).sha256 != first.sha256


def test_repositories_environments_bytecode_and_dot_files_are_not_code(app: Path) -> None:
    written(
        app,
        {
            ".git/config": "",
            ".venv/lib/x.py": "",
            "env/pyvenv.cfg": "",
            "env/lib/x.py": "",
            "web/__pycache__/views.cpython-313.pyc": "",
            "old.pyc": "",
            ".env": "SECRET=1",
            ".mypy_cache/x.json": "",
        },
    )
    assert packed(app) == ["app.py", "data/table.csv", "web/__init__.py", "web/views.py"]
    # Patterns bring back what begins with a dot, but never what cannot be code.
    everything = packed(app, include=["**"])
    assert set(everything) - set(packed(app)) == {".env", ".mypy_cache/x.json"}


def test_gitignore_files_hold_for_their_folder_and_the_inner_one_decides(app: Path) -> None:
    written(
        app,
        {
            ".gitignore": "*.csv\n/web/local.py\nbuild/\n# a comment\n!\n[z-a]\n",
            "data/.gitignore": "!table.csv\n",
            "web/local.py": "",
            "web/deep/local.py": "",
            "web/deep/.gitignore": "*.txt\n",
            "web/deep/note.txt": "",
            "note.txt": "",
            "build/lib.py": "",
            "build/.gitignore": "!lib.py\n",
            "other.csv": "",
        },
    )
    assert packed(app) == [
        "app.py",
        "data/table.csv",
        "note.txt",
        "web/__init__.py",
        "web/deep/local.py",
        "web/views.py",
    ]


def test_gitignore_files_above_hold_up_to_the_root_of_the_repository(app: Path, tmp_path: Path) -> None:
    written(tmp_path, {".gitignore": "app/web/\n", "app/out/x.py": ""})
    assert "web/views.py" in packed(app), "no repository, so that the folder above is not the code's"
    (tmp_path / ".git").mkdir()
    assert packed(app) == ["app.py", "data/table.csv", "out/x.py"]
    # A folder that is ignored as a whole was named on purpose.
    assert packed(app / "web") == ["__init__.py", "views.py"]


def test_what_git_ignores_is_what_is_ignored_here(app: Path) -> None:
    written(
        app,
        {
            ".gitignore": "*.log\n!keep.log\n/top\ninner/only/\n**/deep/*.x\nsp\\ ace\nfolder\n\n#x\n",
            "a.log": "",
            "keep.log": "",
            "top": "",
            "web/top": "",
            "web/inner/only/a.py": "",
            "inner/only/a.py": "",
            "q/deep/a.x": "",
            "q/deep/r/a.x": "",
            "sp ace": "",
            "folder/.gitignore": "!x.py",
            "folder/x.py": "",
            "q/.gitignore": "*.py\n!/yes.py\n",
            "q/no.py": "",
            "q/yes.py": "",
            "q/r/yes.py": "",
        },
    )
    subprocess.run(["git", "init", "-q", str(app)], check=True)
    listed = subprocess.run(
        ["git", "-C", str(app), "ls-files", "--others", "--exclude-standard", "-z"],
        capture_output=True,
        text=True,
        check=True,
    )
    theirs = sorted(path for path in listed.stdout.split("\0") if path and not path.endswith(".gitignore"))
    assert packed(app) == theirs


def test_patterns_leave_out_and_bring_back(app: Path) -> None:
    written(app, {".gitignore": "generated/\n", "generated/model.py": "", "generated/notes.md": "", "web/test.py": ""})
    assert packed(app, exclude=["data/", "test*.py"]) == ["app.py", "web/__init__.py", "web/views.py"]
    assert "generated/model.py" in packed(app, include=["generated/*.py"])
    assert "generated/notes.md" not in packed(app, include=["generated/*.py"])
    assert "web/test.py" in packed(app, include=["web/test.py"], exclude=["web/"])


def test_what_something_is_made_of_is_not_code_unless_it_is_included(app: Path, tmp_path: Path) -> None:
    names = ["requirements.txt", "odd [1]!.txt"]
    written(app, dict.fromkeys([*names, "web/requirements.txt"], "idna\n"))
    inputs = [*(app / name for name in names), tmp_path / "elsewhere.txt", app]
    assert "web/requirements.txt" in pack_code(app, inputs=inputs).files
    assert not set(names) & set(pack_code(app, inputs=inputs).files)
    assert "requirements.txt" in pack_code(app, inputs=inputs, include=["/requirements.txt"]).files


def test_links_inside_are_followed(app: Path) -> None:
    (app / "again.py").symlink_to("app.py")
    (app / "views").symlink_to("web")
    found = pack_code(app)
    assert found.files["again.py"] == b"a = 1\n"
    assert "views/views.py" in found.files


def test_links_that_lead_elsewhere_are_told_by_name_all_at_once(app: Path, tmp_path: Path) -> None:
    written(tmp_path, {"secret.txt": "", "app/.venv/x.py": "", "other/x.py": ""})
    (app / "secret.txt").symlink_to("../secret.txt")
    (app / "other").symlink_to(tmp_path / "other")
    (app / "gone.py").symlink_to("never.py")
    (app / "web" / "up").symlink_to("..")
    (app / "env.py").symlink_to(".venv/x.py")
    os.mkfifo(app / "pipe")
    assert problems(app) == [
        "env.py: is a link to .venv/x.py, which is never packed",
        "gone.py: is a link that leads nowhere",
        f"other: is a link that leads out of the folder, to {tmp_path / 'other'}",
        "pipe: is neither a file nor a folder",
        f"secret.txt: is a link that leads out of the folder, to {tmp_path / 'secret.txt'}",
        "web/up: is a link to a folder that it is in",
    ]
    # What is left out may lead wherever it does.
    assert packed(app, exclude=["env.py", "gone.py", "other", "pipe", "secret.txt", "up"], include=["app.py"]) == [
        "app.py",
        "data/table.csv",
        "web/__init__.py",
        "web/views.py",
    ]


def test_two_links_that_lead_to_each_other_are_a_circle(tmp_path: Path) -> None:
    written(tmp_path, {"a/x.py": "", "b/x.py": ""})
    (tmp_path / "a" / "b").symlink_to("../b")
    (tmp_path / "b" / "a").symlink_to("../a")
    assert problems(tmp_path) == [
        "a/b/a: is a link to a folder that it is in",
        "b/a/b: is a link to a folder that it is in",
    ]


def test_a_folder_without_code_and_no_folder_are_problems(tmp_path: Path) -> None:
    written(tmp_path, {"file.py": "", "empty/.env": ""})
    assert problems(tmp_path / "gone") == [f"{tmp_path / 'gone'}: is not there"]
    assert problems(tmp_path / "file.py") == [f"{tmp_path / 'file.py'}: is not a folder"]
    assert problems(tmp_path / "empty") == [f"{tmp_path / 'empty'}: holds no code"]


def test_a_pattern_that_cannot_be_read_is_a_problem(app: Path) -> None:
    (told,) = problems(app, exclude=["!"])
    assert told.startswith("include, exclude: Invalid git pattern")


def test_more_than_lambda_takes_is_refused_before_anything_is_read(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code_folder, "MAX_UNPACKED_BYTES", 10)
    assert problems(app) == ["app: the files are 14 bytes; Lambda allows 10 for a function and all its layers"]
    monkeypatch.undo()
    monkeypatch.setattr(code_folder, "MAX_ENTRIES", 3)
    assert problems(app) == [f"{app}: has 4 files; an archive can hold 3"]


def test_a_name_that_is_no_text_is_a_problem(app: Path) -> None:
    Path(os.fsdecode(os.fsencode(app) + b"/\xff.py")).write_text("")
    assert problems(app) == ["\\udcff.py: cannot be read: has a name that is not text"]


def test_the_message_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InvalidCode) as caught:
        pack_code(tmp_path / "gone")
    assert str(caught.value) == (
        "invalid-code: the code folder cannot be packed\n"
        f"    {tmp_path / 'gone'}: is not there\n"
        "  likely cause: the path is misspelt, a link leads out of the folder, or more is in the folder than the "
        "function's code\n"
        "  what to do: correct the paths above, or leave them out: by exclude, or by a .gitignore"
    )


def stored(**members: str) -> PackedCode:
    return PackedCode.of(ArchiveEntry.of(path, text.encode(), owner="a") for path, text in members.items())


def test_stored_code_is_checked_when_it_is_read(app: Path) -> None:
    found = pack_code(app)
    for content in (None, b"", found.zipped()[:-1], pack_code(app, exclude=["web/"]).zipped()):
        with pytest.raises(ModuleMissing):
            code_entries(found.sha256, content)
    strange = stored(**{"../x.py": ""})
    with pytest.raises(InvalidModules, match=r"its file '\.\./x\.py' is not below the root"):
        code_entries(strange.sha256, strange.zipped())
