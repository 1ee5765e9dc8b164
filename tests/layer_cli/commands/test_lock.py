import tomllib

import pytest

from builder_lambda import Target
from builder_lambda.locks.given import read_lock
from tests.builder_lambda.guarded_index import GuardedIndex
from tests.layer_cli.shell import Shell

TARGET = ("--runtime", "python3.13", "--architecture", "arm64")


def versions(shell: Shell, name: str = "pylock.toml") -> dict[str, str]:
    lock = tomllib.loads((shell.folder / name).read_text())
    return {package["name"]: package["version"] for package in lock["packages"]}


def test_requirements_are_locked_for_the_target(shell: Shell) -> None:
    result = shell.run("lock", "web", *TARGET)

    assert (result.exit_code, result.stderr) == (0, "")
    *table, last = result.stdout.splitlines()
    assert [line.rstrip() for line in table] == ["package  version", "─" * 19, "core     2.0", "web      1.0"]
    assert last.startswith("pylock.toml: python3.13-arm64, 2 packages, ")
    assert versions(shell) == {"core": "2.0", "web": "1.0"}
    given = read_lock(shell.folder / "pylock.toml", Target.parse("python3.13", "arm64"))
    assert given.packages == versions(shell)


def test_names_files_and_a_project_are_one_set(shell: Shell) -> None:
    shell.write("one.txt", "web\n")
    shell.write("two.txt", "-c limits.txt\n")
    shell.write("limits.txt", "core<2\n")
    shell.write("app/pyproject.toml", '[project]\nname = "app"\noptional-dependencies.more = ["tool<1.1"]\n')

    result = shell.json("lock", "-r", "one.txt", "-r", "two.txt", "-p", "app", "--extra", "more", "core", *TARGET)

    assert result["packages"] == {"core": "1.0", "tool": "1.0", "web": "1.0"}


def test_versions_of_an_earlier_lock_are_kept(shell: Shell) -> None:
    shell.run("lock", "web", "tool==1.0", "core==1.0", *TARGET)

    result = shell.run("lock", "web", "tool", *TARGET)

    assert versions(shell) == {"core": "1.0", "tool": "1.0", "web": "1.0"}
    assert "pylock.toml: python3.13-arm64, 3 packages (3 unchanged), " in result.stdout


@pytest.mark.parametrize(
    ("upgrade", "expected"),
    [
        (("--upgrade",), {"core": "2.0", "tool": "1.1", "web": "1.0"}),
        (("--upgrade=Core",), {"core": "2.0", "tool": "1.0", "web": "1.0"}),
        (("--upgrade=core", "--upgrade=tool"), {"core": "2.0", "tool": "1.1", "web": "1.0"}),
    ],
)
def test_upgrade_moves_all_or_named_packages(shell: Shell, upgrade: tuple[str, ...], expected: dict[str, str]) -> None:
    shell.run("lock", "web", "tool==1.0", "core==1.0", *TARGET)

    result = shell.run("lock", *upgrade, "web", "tool", *TARGET)

    assert versions(shell) == expected
    assert "core     2.0      moved, was 1.0" in result.stdout


def test_json_has_the_versions_and_the_changes(shell: Shell) -> None:
    shell.run("lock", "web", "core==1.0", *TARGET)

    result = shell.json("lock", "tool", "core", "--upgrade=core", *TARGET)

    assert result.pop("seconds").keys() == {"resolve", "output", "total"}
    assert len(result.pop("lock_sha256")) == 64
    changes = [(change["name"], change["kind"]) for change in result.pop("changes")]
    assert changes == [("core", "moved"), ("tool", "added"), ("web", "removed")]
    assert result == {
        "output": "pylock.toml",
        "runtime": "python3.13",
        "architecture": "arm64",
        "packages": {"core": "2.0", "tool": "1.1"},
    }


def test_files_uploaded_later_are_not_used(shell: Shell) -> None:
    shell.run("lock", "core", "--exclude-newer", "2026-02-01", *TARGET)

    assert versions(shell) == {"core": "1.0"}


def test_an_invalid_age_is_reported(shell: Shell) -> None:
    result = shell.run("lock", "core", "--exclude-newer", "yesterday", *TARGET)

    assert result.exit_code == 1
    assert result.stderr.startswith("invalid-options: ")


def test_a_lock_that_does_not_change_is_not_written(shell: Shell) -> None:
    shell.run("lock", "web", *TARGET)
    before = (shell.folder / "pylock.toml").stat().st_mtime_ns

    shell.run("lock", "web", *TARGET)

    assert (shell.folder / "pylock.toml").stat().st_mtime_ns == before


def test_a_file_that_is_not_a_lock_is_not_replaced(shell: Shell) -> None:
    path = shell.write("pylock.toml", "something of mine")

    result = shell.run("lock", "web", *TARGET)

    assert result.exit_code == 1
    assert result.stderr.startswith("invalid-lock: the lock cannot be used\n    pylock.toml: ")
    assert path.read_text() == "something of mine"


def test_a_name_that_is_not_of_a_pylock_is_a_usage_error(shell: Shell) -> None:
    result = shell.run("lock", "web", "-o", "lock.toml", *TARGET)

    assert result.exit_code == 2
    assert result.stderr == (
        "Usage: python-layers lock [OPTIONS] [REQ]...\n"
        "Try 'python-layers lock --help' for help.\n\n"
        "Error: Invalid value for '-o' / '--output': the name must be pylock.toml or pylock.<name>.toml "
        "(PEP 751).\n"
    )


@pytest.mark.parametrize("command", ["lock", "build"])
def test_a_project_must_support_the_python_of_the_runtime(shell: Shell, command: str) -> None:
    shell.write("app/pyproject.toml", '[project]\nname = "app"\nrequires-python = "<3"\ndependencies = ["web"]')

    result = shell.run(command, "-p", "app", *TARGET)

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(
        "python-not-allowed: 'app/pyproject.toml' does not support the target's Python version\n"
    )


@pytest.mark.parametrize("command", ["lock", "build"])
def test_an_index_of_a_project_is_refused_unless_indexes_are_named_elsewhere(
    shell: Shell, index: GuardedIndex, command: str
) -> None:
    table = '[project]\nname = "app"\ndependencies = ["web"]\n[tool.uv]\nexclude-newer = "2030-01-01"\nindex-url = '
    shell.write("app/pyproject.toml", f'{table}"https://corp.example.invalid/simple"')

    refused = shell.run(command, "-p", "app", *TARGET)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.startswith(
        "tool-settings-unheeded: 'app/pyproject.toml' has tool settings that select other packages\n"
    )
    assert [line.strip().partition(": ")[0] for line in refused.stderr.splitlines()[1:3]] == [
        "tool.uv.exclude-newer",
        "tool.uv.index-url",
    ]

    said = shell.run(command, "-p", "app", "--index-url", index.url, "--exclude-newer", "2029-01-01", *TARGET)
    assert "tool-settings-unheeded" not in said.stderr

    shell.write("app/pyproject.toml", f'{table}"{index.url}"')
    asked = shell.run(command, "-p", "app", "--exclude-newer", "2029-01-01", *TARGET)
    assert "tool-settings-unheeded" not in asked.stderr


def test_problems_of_all_inputs_are_reported_together(shell: Shell) -> None:
    shell.write("one.txt", "web\n-e .\n")

    result = shell.run("lock", "we b", "-r", "one.txt", "-p", "app", *TARGET)

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines()[0] == "invalid-requirements: 2 requirement lines cannot be used"
    places = [line.strip().partition(": ")[0] for line in result.stderr.splitlines()[1:3]]
    assert places == ["command line:1", "one.txt:2"]
    assert "\nproject-missing: there is no project at 'app'\n" in result.stderr
