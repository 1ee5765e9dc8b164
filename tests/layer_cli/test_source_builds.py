"""``--allow-source-build`` of ``lock`` and ``build``. The packages bring their own build backend."""

import zipfile

import pytest

from tests.builder_lambda.guarded_index import GuardedIndex
from tests.builder_lambda.sdist_factory import make_sdist
from tests.layer_cli.shell import RUNTIME, Shell

TARGET = ("--runtime", RUNTIME)


@pytest.fixture(autouse=True)
def sources(index: GuardedIndex) -> None:
    for sdist in (make_sdist("old_tool"), make_sdist("broken", build="raise ValueError('this is Python 2')")):
        index.wheels[sdist.filename] = sdist


def test_only_named_packages_are_built_from_source(shell: Shell) -> None:
    for allowed in ((), ("--allow-source-build", "broken")):
        result = shell.run("lock", "old_tool", *TARGET, *allowed)
        assert result.exit_code == 1
        assert "no-compatible-wheel: no wheel of 'old-tool' can be loaded" in result.stderr


@pytest.mark.parametrize("allowed", ["Old.Tool", "all"])
def test_a_named_package_is_built_once(shell: Shell, index: GuardedIndex, allowed: str) -> None:
    first = shell.json("lock", "old_tool", *TARGET, "--allow-source-build", allowed)
    assert first["packages"] == {"old-tool": "1.0"}
    text = (shell.folder / "pylock.toml").read_text()
    assert "old_tool-1.0-py3-none-any.whl" in text
    again = shell.json("lock", "old_tool", *TARGET, "--allow-source-build", allowed)
    assert again["lock_sha256"] == first["lock_sha256"]
    assert [asked.path for asked in index.asked].count("/files/old_tool-1.0.tar.gz") == 1


def test_a_lock_with_a_built_wheel_builds_a_layer(shell: Shell) -> None:
    shell.json("lock", "old_tool", "core", *TARGET, "--allow-source-build", "old-tool")
    shell.json("build", "-l", "pylock.toml", *TARGET, "--no-bytecode")
    with zipfile.ZipFile(shell.folder / "layer.zip") as archive:
        assert {"python/old_tool.py", "python/core/__init__.py"} <= set(archive.namelist())


def test_build_accepts_requirements_with_source_builds(shell: Shell) -> None:
    built = shell.json("build", "old_tool", *TARGET, "--no-bytecode", "--allow-source-build", "all")
    assert built["packages"]["old-tool"]["version"] == "1.0"


def test_a_failed_source_build_names_its_log(shell: Shell) -> None:
    result = shell.run("build", "broken", *TARGET, "--allow-source-build", "all")
    assert result.exit_code == 1
    assert "source-build-failed: broken 1.0 cannot be built from source" in result.stderr
    (line,) = (line for line in result.stderr.splitlines() if "the whole log: " in line)
    with open(line.partition("the whole log: ")[2], encoding="utf-8") as log:  # noqa: PTH123 - as a user would
        assert "ValueError: this is Python 2" in log.read()


def test_an_index_without_the_compiler_is_reported(shell: Shell, index: GuardedIndex) -> None:
    native = make_sdist("native", files={"native.c": "int native;"})
    index.wheels[native.filename] = native
    result = shell.run("lock", "native", *TARGET, "--allow-source-build", "native")
    assert (
        "source-builds-unavailable: this builder does not build from source: its compiler is ziglang-" in result.stderr
    )


def test_a_lock_cannot_be_combined_with_source_builds(shell: Shell) -> None:
    shell.json("lock", "core", *TARGET)
    result = shell.run("build", "-l", "pylock.toml", *TARGET, "--allow-source-build", "core")
    assert result.exit_code == 2
    assert "A lock (-l) cannot be combined with --upgrade, --exclude-newer or --allow-source-build." in result.stderr
