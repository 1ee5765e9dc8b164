import os
from pathlib import Path

from tests.layer_cli.shell import RUNTIME, Shell

BUILD = ("build", "tool", "--no-bytecode", "--runtime", RUNTIME)


def age(folder: Path) -> None:
    for path in folder.rglob("*"):
        os.utime(path, (1.0, 1.0))


def test_kept_files_are_shown_and_removed(shell: Shell) -> None:
    shell.run(*BUILD)
    folder = shell.environ["PYTHON_LAYERS_CACHE"]

    info = shell.json("cache", "info")
    assert (info["folder"], info["bound_bytes"]) == (folder, 5_000_000_000)
    assert {"archives", "locks", "results", "wheels"} <= info["parts"].keys()
    assert info["size_bytes"] == sum(part["size_bytes"] for part in info["parts"].values()) > 0
    assert shell.run("cache", "info").stdout.splitlines()[0].split() == ["kept", "files", "size"]

    assert shell.run("cache", "clear").stdout == f"{folder}: removed\n"
    assert shell.json("cache", "info")["parts"] == {}
    assert shell.json(*BUILD)["is_known"] is False


def test_a_new_build_bounds_the_cache_and_a_known_one_does_not(shell: Shell) -> None:
    shell.environ["PYTHON_LAYERS_CACHE_BYTES"] = "1000"
    folder = Path(shell.environ["PYTHON_LAYERS_CACHE"])
    shell.run("build", "web", "--no-bytecode", "--runtime", RUNTIME)
    age(folder)
    before = set(folder.glob("archives/*/*.zip"))

    shell.run(*BUILD)
    after = set(folder.glob("archives/*/*.zip"))
    assert not before & after
    assert len(after) == 1

    age(folder)
    assert shell.json(*BUILD)["is_known"] is True
    assert set(folder.glob("archives/*/*.zip")) == after
