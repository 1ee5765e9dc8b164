import base64
import hashlib
import json
import os
import zipfile
from pathlib import Path

import pytest

from builder_lambda.errors.locks import LockProblem, UnreadableLockFile
from tests.builder_lambda.guarded_index import GuardedIndex
from tests.layer_cli.shell import RUNTIME, Shell

TARGET = ("--runtime", RUNTIME)


def names_in(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def test_a_layer_is_built_and_its_table_printed(shell: Shell) -> None:
    result = shell.run("build", "web", *TARGET, "--no-bytecode")

    assert (result.exit_code, result.stderr) == (0, "")
    lines = [line.rstrip() for line in result.stdout.splitlines()]
    assert lines[0].split() == ["package", "version", "packed", "unpacked", "of", "limit"]
    assert sorted(line.split()[:2] for line in lines[2:4]) == [["core", "2.0"], ["web", "1.0"]]
    assert lines[-1].startswith(f"layer.zip: {RUNTIME}-x86_64, 2 packages, built, ")
    assert {"python/core/__init__.py", "python/web/__init__.py"} <= set(names_in(shell.folder / "layer.zip"))


def test_json_has_every_key(shell: Shell) -> None:
    result = shell.json("build", "web", *TARGET, "-o", "web.zip")

    content = (shell.folder / "web.zip").read_bytes()
    assert result["code_sha256"] == base64.b64encode(hashlib.sha256(content).digest()).decode()
    assert result["size_bytes"] == len(content)
    assert result["packages"].keys() == {"core", "web"}
    assert result["packages"]["core"].keys() == {"version", "size_bytes", "unpacked_bytes"}
    assert result["bytecode"]["included"] is True
    assert result["bytecode"]["python_version"].startswith(RUNTIME.removeprefix("python"))
    assert {"resolve", "fetch", "output", "total"} <= result["seconds"].keys()
    assert {"content_hash", "lock_sha256", "unpacked_bytes", "is_known", "output", "runtime"} <= result.keys()
    assert (result["output"], result["runtime"], result["architecture"]) == ("web.zip", RUNTIME, "x86_64")


def test_a_lock_that_was_built_before_needs_no_index(shell: Shell, index: GuardedIndex) -> None:
    shell.run("lock", "web", *TARGET)
    first = shell.json("build", "-l", "pylock.toml", *TARGET)
    index.asked.clear()

    second = shell.json("build", "-l", "pylock.toml", *TARGET, "-o", "again.zip")

    assert index.asked == []
    assert (first["is_known"], second["is_known"]) == (False, True)
    assert second["code_sha256"] == first["code_sha256"]
    assert (shell.folder / "again.zip").read_bytes() == (shell.folder / "layer.zip").read_bytes()
    assert second["seconds"].keys() == {"read-lock", "build", "output", "total"}


def test_a_lock_that_was_edited_is_read_again(shell: Shell) -> None:
    shell.run("lock", "tool==1.0", *TARGET)
    old = shell.json("build", "-l", "pylock.toml", *TARGET)
    shell.run("lock", "tool==1.1", *TARGET)

    new = shell.json("build", "-l", "pylock.toml", *TARGET)

    assert old["packages"]["tool"]["version"] == "1.0"
    assert new["packages"]["tool"]["version"] == "1.1"


def test_a_damaged_cache_changes_only_the_time(shell: Shell) -> None:
    shell.run("lock", "web", *TARGET)
    first = shell.json("build", "-l", "pylock.toml", *TARGET)
    for path in Path(shell.environ["PYTHON_LAYERS_CACHE"]).rglob("*"):
        if path.is_file() and "uv-cache" not in path.parts:
            path.write_bytes(b"\xff")

    again = shell.json("build", "-l", "pylock.toml", *TARGET)

    assert again["code_sha256"] == first["code_sha256"]


def test_a_flipped_byte_in_a_stored_archive_is_not_handed_out(shell: Shell) -> None:
    shell.run("lock", "web", *TARGET)
    first = shell.json("build", "-l", "pylock.toml", *TARGET)
    (archive,) = Path(shell.environ["PYTHON_LAYERS_CACHE"]).rglob("archives/**/*.zip")
    content, status = bytearray(archive.read_bytes()), archive.stat()
    content[len(content) // 2] ^= 1
    archive.write_bytes(content)
    os.utime(archive, ns=(status.st_atime_ns, status.st_mtime_ns))

    again = shell.json("build", "-l", "pylock.toml", "-o", "other.zip", *TARGET)

    assert again["code_sha256"] == first["code_sha256"]
    digest = hashlib.sha256((shell.folder / "other.zip").read_bytes()).digest()
    assert base64.b64encode(digest).decode() == first["code_sha256"]


def test_an_unchanged_output_is_not_written_again(shell: Shell) -> None:
    path = shell.folder / "layer.zip"
    shell.run("build", "web", *TARGET)
    content, written = path.read_bytes(), path.stat().st_mtime_ns

    shell.run("build", "web", *TARGET)
    assert path.stat().st_mtime_ns == written

    path.write_bytes(b"x" * len(content))
    shell.run("build", "web", *TARGET)
    assert path.read_bytes() == content

    shell.run("build", "tool", *TARGET)
    assert path.read_bytes() != content


def test_options_reach_the_build(shell: Shell) -> None:
    shell.write("mine/__init__.py", "x = 1\n")
    shell.write("alone.py", "y = 2\n")
    options = ("--layout", "site-packages", "--no-bytecode", "--slim", "safe", "--exclude", "core/**")

    result = shell.json("build", "web", *TARGET, *options, "--module", "mine", "--module", "alone.py")

    prefix = f"python/lib/{RUNTIME}/site-packages/"
    found = {name.removeprefix(prefix) for name in names_in(shell.folder / "layer.zip")}
    assert {"mine/__init__.py", "alone.py", "web/__init__.py"} <= found
    assert "core/__init__.py" not in found
    assert result["bytecode"]["included"] is False
    assert result["modules"].keys() == {"mine", "alone"}


def test_a_deployment_package_has_its_files_in_the_root(shell: Shell) -> None:
    shell.write("mine/__init__.py", "x = 1\n")

    shell.json("build", "web", *TARGET, "--layout", "function", "--no-bytecode", "--module", "mine")

    assert {"mine/__init__.py", "web/__init__.py"} <= set(names_in(shell.folder / "layer.zip"))


def test_a_layer_above_its_budget_is_refused(shell: Shell) -> None:
    result = shell.run("build", "web", *TARGET, "--size-budget", "100")

    assert result.exit_code == 1
    assert result.stderr.startswith("over-size-budget: the layer unpacks to ")
    assert not (shell.folder / "layer.zip").exists()


def test_a_lock_cannot_be_combined_with_requirements(shell: Shell) -> None:
    result = shell.run("build", "web", "-l", "pylock.toml", *TARGET)

    assert result.exit_code == 2
    assert result.stderr.endswith("A lock (-l) cannot be combined with REQ, -r or -p.\n")


def test_a_build_without_requirements_is_a_usage_error(shell: Shell) -> None:
    result = shell.run("build", *TARGET)

    assert result.exit_code == 2
    assert result.stderr.endswith("Error: No requirements: name some, or use -r FILE or -p PROJECT.\n")


def test_a_missing_lock_is_reported_without_a_traceback(shell: Shell) -> None:
    run = shell.start("build", "-l", "pylock.toml", "--runtime", "python3.13", "--architecture", "arm64")

    assert (run.returncode, run.stdout) == (1, "")
    problem = LockProblem(place="", reason="there is no such file", kind="form")
    as_pulumi_shows_it = str(UnreadableLockFile(source="pylock.toml", target="python3.13-arm64", problems=(problem,)))
    assert run.stderr == f"{as_pulumi_shows_it}\n"


def test_a_package_without_a_wheel_ends_with_1(shell: Shell) -> None:
    run = shell.start("build", "newer", "--runtime", "python3.13")

    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith("no-compatible-wheel: no wheel of 'newer' can be loaded by python3.13-x86_64\n")


def test_an_unreachable_index_ends_with_3(shell: Shell) -> None:
    shell.environ["UV_DEFAULT_INDEX"] = "http://127.0.0.1:9/simple/"
    shell.environ["UV_HTTP_RETRIES"] = "0"

    result = shell.run("build", "web", *TARGET, "--json")

    assert result.exit_code == 3
    assert result.stderr.startswith("index-unreachable: the package index cannot be reached\n")
    assert json.loads(result.stdout)["error"]["code"] == "index-unreachable"


def test_an_index_that_denies_access_ends_with_3(shell: Shell, index: GuardedIndex) -> None:
    index.login = ("somebody", "else")

    assert shell.run("build", "web", *TARGET).exit_code == 3


@pytest.mark.parametrize("path", ["missing/layer.zip", "/dev/null/layer.zip"])
def test_an_output_that_cannot_be_written_is_reported(shell: Shell, path: str) -> None:
    result = shell.run("build", "web", *TARGET, "-o", path)

    assert result.exit_code == 1
    assert result.stderr.startswith(f"file-not-writable: {path!r} cannot be written: ")


def test_a_separate_process_does_the_same(shell: Shell) -> None:
    here = shell.json("build", "web", *TARGET, "-o", "here.zip")

    run = shell.start("build", "web", *TARGET, "-o", "there.zip", "--json")

    assert (run.returncode, run.stderr) == (0, "")
    assert json.loads(run.stdout)["code_sha256"] == here["code_sha256"]
    assert (shell.folder / "there.zip").read_bytes() == (shell.folder / "here.zip").read_bytes()


@pytest.mark.index
def test_a_real_package_is_built_from_the_index(shell: Shell) -> None:
    del shell.environ["UV_DEFAULT_INDEX"], shell.environ["PIP_CONFIG_FILE"]

    run = shell.start("build", "idna==3.10", *TARGET, "--json")

    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["packages"]["idna"]["version"] == "3.10"
    inspected = shell.json("inspect", "layer.zip")
    assert [(part["name"], part["version"]) for part in inspected["distributions"]] == [("idna", "3.10")]
    assert inspected["distributions"][0]["bytecode"]["state"] == "unchecked"
