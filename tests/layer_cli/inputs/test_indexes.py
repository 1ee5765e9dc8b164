"""The options of ``lock`` and ``build`` for package indexes."""

import json
from collections.abc import Iterator

import pytest

from tests.builder_lambda.guarded_index import GuardedIndex, serving
from tests.layer_cli.conftest import needing
from tests.layer_cli.shell import Shell

TARGET = ("--runtime", "python3.13")
LOGIN = ("reader", "pa55word")


@pytest.fixture
def team() -> Iterator[GuardedIndex]:
    with serving(GuardedIndex([needing("core", "9.0"), needing("tool", "0.5")], login=LOGIN)) as server:
        yield server


def test_an_index_replaces_the_configured_one(shell: Shell, index: GuardedIndex, team: GuardedIndex) -> None:
    team.login = None

    result = shell.json("lock", "core", "--index-url", team.url, *TARGET)

    assert result["packages"] == {"core": "9.0"}
    assert index.asked == []


def test_extra_indexes_have_priority_in_their_order(shell: Shell, team: GuardedIndex) -> None:
    team.login = None
    with serving(GuardedIndex([needing("core", "7.0")])) as first:
        extra = ("--extra-index-url", f"first={first.url}", "--extra-index-url", team.url)

        result = shell.json("lock", "core", "tool", *extra, *TARGET)

    assert result["packages"] == {"core": "7.0", "tool": "0.5"}


def test_a_layer_is_built_from_a_file_of_indexes_with_a_login_by_reference(shell: Shell, team: GuardedIndex) -> None:
    shell.write(
        "indexes.toml",
        f'[[extra]]\nname = "team"\nurl = "{team.url}"\n'
        'username_variable = "TEAM_USER"\npassword_variable = "TEAM_PASSWORD"\n\n[pins]\ncore = "team"\n',
    )
    shell.environ.update(TEAM_USER=LOGIN[0], TEAM_PASSWORD=LOGIN[1])

    result = shell.json("build", "core", "--no-bytecode", "--index-config", "indexes.toml", *TARGET)

    assert {name: package["version"] for name, package in result["packages"].items()} == {"core": "9.0"}
    assert {item.login for item in team.asked if item.status == 200} == {LOGIN}
    written = [path for path in shell.folder.parent.rglob("*") if path.is_file()]
    assert [path for path in written if LOGIN[1].encode() in path.read_bytes()] == []


def test_the_file_of_indexes_may_be_json(shell: Shell, team: GuardedIndex) -> None:
    team.login = None
    shell.write("indexes.json", json.dumps({"default": {"url": team.url}}))

    assert shell.json("lock", "tool", "--index-config", "indexes.json", *TARGET)["packages"] == {"tool": "0.5"}


def test_a_pipfile_lock_is_read_by_the_chosen_indexes(shell: Shell, index: GuardedIndex, team: GuardedIndex) -> None:
    team.login = None
    digest = next(wheel for wheel in team.wheels.values() if wheel.filename.startswith("tool")).sha256
    locked = {"version": "==0.5", "hashes": [f"sha256:{digest}"]}
    meta = {"pipfile-spec": 6, "hash": {"sha256": "0" * 64}, "requires": {"python_version": "3.13"}, "sources": []}
    shell.write("Pipfile.lock", json.dumps({"_meta": meta, "default": {"tool": locked}, "develop": {}}))

    result = shell.json("build", "-l", "Pipfile.lock", "--no-bytecode", "--index-url", team.url, *TARGET)

    assert result["packages"]["tool"]["version"] == "0.5"
    assert index.asked == []


@pytest.mark.parametrize(
    ("options", "place"),
    [
        (("--index-url", "https://me:s3cret@packages.example/simple/"), "--index-url"),
        (
            ("--extra-index-url", "https://a.example/", "--extra-index-url", "b=https://u:s3cret@b.example/"),
            "--extra-index-url 2",
        ),
    ],
)
def test_a_password_in_an_argument_is_refused_and_not_repeated(
    shell: Shell, options: tuple[str, ...], place: str
) -> None:
    result = shell.run("lock", "core", *options, *TARGET)

    assert result.exit_code == 1
    assert result.stderr == (
        "invalid-options: 1 option of the build cannot be used\n"
        f"    {place}: a URL must not hold credentials; refer to them with secret_arn, password_variable, netrc or "
        "codeartifact\n"
        "  likely cause: a spelling error, or an option of another version\n"
        "  what to do: correct the options above\n"
    )


def test_a_missing_login_ends_with_3(shell: Shell, team: GuardedIndex) -> None:
    shell.write("indexes.toml", f'[default]\nurl = "{team.url}"\npassword_variable = "TEAM_PASSWORD"\n')

    result = shell.run("lock", "core", "--index-config", "indexes.toml", *TARGET)

    assert result.exit_code == 3
    assert result.stderr.startswith("index-credentials-missing: ")


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("indexes.toml", "[[", "it is not TOML"),
        ("indexes.json", "{", "it is not JSON"),
        ("indexes.json", "[]", "it must hold an object with 'default', 'extra', 'pins'"),
        ("indexes.toml", None, "No such file or directory"),
    ],
)
def test_an_unreadable_file_of_indexes_is_reported(shell: Shell, name: str, text: str | None, reason: str) -> None:
    if text is not None:
        shell.write(name, text)

    result = shell.run("build", "core", "--index-config", name, *TARGET)

    assert result.exit_code == 1
    assert result.stderr.splitlines()[1] == f"    --index-config {name}: {reason}"


def test_a_file_and_urls_cannot_be_combined(shell: Shell) -> None:
    result = shell.run("lock", "core", "--index-url", "https://a.example/", "--index-config", "x.toml", *TARGET)

    assert result.exit_code == 2
    assert result.stderr.endswith("Error: --index-config cannot be combined with --index-url or --extra-index-url.\n")


def test_build_applies_the_age_limit(shell: Shell) -> None:
    result = shell.json("build", "core", "--no-bytecode", "--exclude-newer", "2026-02-01", *TARGET)

    assert result["packages"]["core"]["version"] == "1.0"


def test_build_uses_cached_answers_of_the_index_unless_it_upgrades(shell: Shell, index: GuardedIndex) -> None:
    index.max_age = 600
    assert shell.json("build", "tool", "--no-bytecode", *TARGET)["packages"]["tool"]["version"] == "1.1"
    newer = needing("tool", "1.2")
    index.wheels[newer.filename] = newer

    assert shell.json("build", "tool", "--no-bytecode", *TARGET)["packages"]["tool"]["version"] == "1.1"
    upgraded = shell.json("build", "--upgrade=tool", "tool", "--no-bytecode", *TARGET)
    assert upgraded["packages"]["tool"]["version"] == "1.2"


def test_a_lock_is_not_upgraded_by_a_build(shell: Shell) -> None:
    result = shell.run("build", "-l", "pylock.toml", "--upgrade", *TARGET)

    assert result.exit_code == 2
    assert result.stderr.endswith(
        "A lock (-l) cannot be combined with --upgrade, --exclude-newer or --allow-source-build.\n"
    )
