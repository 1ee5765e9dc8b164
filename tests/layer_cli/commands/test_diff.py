import pytest

from tests.builder_lambda.layer_zip import distribution, write_layer
from tests.layer_cli.shell import ROOT, Shell

TARGET = ("--runtime", "python3.13")


@pytest.fixture
def archives(shell: Shell) -> Shell:
    write_layer(
        shell.folder / "a.zip",
        distribution("core", "1.0", {"core.py": b"x\n"}),
        distribution("same", "1.0", {"same.py": b""}),
        distribution("gone", "1.0", {"gone.py": b"x" * 900}),
    )
    write_layer(
        shell.folder / "b.zip",
        distribution("core", "2.0", {"core.py": b"x\n" + b"y" * 3000}),
        distribution("same", "1.0", {"same.py": b""}),
    )
    return shell


def test_two_archives_are_compared(archives: Shell) -> None:
    result = archives.run("diff", "a.zip", "b.zip")

    assert (result.exit_code, result.stderr) == (0, "")
    assert [line.rstrip() for line in result.stdout.splitlines()] == [
        "         package  A    B     packed  unpacked",
        "─" * 45,
        "moved    core     1.0  2.0  +3.0 kB   +3.0 kB",
        "removed  gone     1.0  -    -1.0 kB   -1.0 kB",
        "",
        "         total              +2.0 kB   +2.0 kB",
        "1 removed, 1 moved, 1 unchanged",
    ]


def test_a_difference_is_an_exit_code_only_if_asked_for(archives: Shell) -> None:
    assert archives.run("diff", "a.zip", "b.zip").exit_code == 0
    assert archives.run("diff", "a.zip", "b.zip", "--exit-code").exit_code == 1
    assert archives.run("diff", "a.zip", "a.zip", "--exit-code").exit_code == 0


def test_json_has_both_archives_and_the_changes(archives: Shell) -> None:
    result = archives.json("diff", "a.zip", "b.zip")

    assert result["is_different"] is True
    core, gone = result["changes"]
    assert (core["name"], core["kind"], core["before"]["version"], core["after"]["version"]) == (
        "core",
        "moved",
        "1.0",
        "2.0",
    )
    assert (gone["kind"], gone["after"]) == ("removed", None)
    assert result["before"]["path"] == "a.zip"
    assert result["after"]["packages"] == 2
    assert result["before"]["kind"] == "archive"


def test_equal_archives_have_no_difference(archives: Shell) -> None:
    result = archives.run("diff", "b.zip", "b.zip")

    assert result.stdout == "no difference in 2 packages\n"
    assert archives.json("diff", "b.zip", "b.zip")["changes"] == []


def test_two_locks_are_compared(shell: Shell) -> None:
    shell.run("lock", "web", "core==1.0", "-o", "pylock.old.toml", *TARGET)
    shell.run("lock", "core", "tool", "-o", "pylock.new.toml", *TARGET)

    result = shell.json("diff", "pylock.old.toml", "pylock.new.toml")

    changes = [(change["name"], change["kind"]) for change in result["changes"]]
    assert changes == [("core", "moved"), ("tool", "added"), ("web", "removed")]


def test_a_lock_and_the_archive_made_of_it_do_not_differ(shell: Shell) -> None:
    shell.run("lock", "web", *TARGET)
    shell.run("build", "-l", "pylock.toml", *TARGET, "--no-bytecode")

    assert shell.run("diff", "pylock.toml", "layer.zip", "--exit-code").exit_code == 0


@pytest.mark.parametrize(("name", "code"), [("pylock.toml", "invalid-lock"), ("b.zip", "unreadable-archive")])
def test_a_missing_file_ends_with_1(shell: Shell, name: str, code: str) -> None:
    result = shell.run("diff", name, name)

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"{code}: ")


@pytest.mark.parametrize("name", ["uv/uv.lock", "poetry/poetry.lock"])
def test_locks_of_other_tools_are_read_whole_and_without_the_index(shell: Shell, name: str) -> None:
    cases = ROOT / "tests" / "cases" / "given_locks"
    shell.environ["UV_DEFAULT_INDEX"] = "http://127.0.0.1:9/simple/"

    result = shell.json("diff", str(cases / "pylock" / "pylock.toml"), str(cases / name))

    assert result["before"]["kind"] == result["after"]["kind"] == "lock"
    assert "anyio" not in [change["name"] for change in result["changes"] if change["kind"] != "changed"]
