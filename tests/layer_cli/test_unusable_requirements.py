"""Unusable requirements files, wheels and URLs: the error codes and exit codes of the commands."""

from tests.builder_lambda.guarded_index import GuardedIndex
from tests.builder_lambda.wheel_factory import make_wheel
from tests.layer_cli.conftest import needing
from tests.layer_cli.shell import RUNTIME, Shell

TARGET = ("--runtime", RUNTIME)


def codes(stderr: str) -> list[str]:
    return [line.partition(":")[0] for line in stderr.splitlines() if not line.startswith(" ")]


def test_a_file_without_requirements_has_its_own_error_code(shell: Shell) -> None:
    shell.write("pyproject.toml", "[project]\nname = 'a'\n" * 100)

    result = shell.run("lock", "-r", "pyproject.toml", *TARGET)

    assert result.exit_code == 1
    assert codes(result.stderr) == ["unreadable-requirements"]
    assert len(result.stderr.splitlines()) == 4


def test_unusable_lines_and_files_are_reported_together(shell: Shell) -> None:
    result = shell.run("lock", "a b", "-r", "gone.txt", *TARGET)

    assert result.exit_code == 1
    assert codes(result.stderr) == ["invalid-requirements", "unreadable-requirements"]


def test_a_broken_local_wheel_is_reported_before_uv_runs(shell: Shell) -> None:
    name = make_wheel("mylib").filename
    shell.write(f"my wheels/{name}", "no wheel")
    shell.write("requirements.txt", f"my wheels/{name}\n")

    result = shell.run("lock", "-r", "requirements.txt", *TARGET)

    assert result.exit_code == 1
    assert result.stderr.splitlines()[0] == (
        f"invalid-wheel: the wheel {name!r} cannot be used: it is not a readable zip archive (File is not a zip file)"
    )


def test_metadata_that_only_uv_rejects_is_reported_without_a_traceback(shell: Shell) -> None:
    wheel = needing("mylib", "1.0", "not a requirement")
    (shell.folder / wheel.filename).write_bytes(wheel.content)

    result = shell.run("lock", f"./{wheel.filename}", *TARGET)

    assert result.exit_code == 1
    assert result.stderr.splitlines()[0] == (
        f"invalid-wheel: the wheel {wheel.filename!r} cannot be used: "
        "The metadata at `mylib-1.0.dist-info/METADATA` is invalid"
    )


def test_no_message_advises_options_of_uv(shell: Shell) -> None:
    text = "Metadata-Version: 2.1\nName: mylib\nVersion: 1.0\nRequires-Python: >=3.99\n"
    wheel = make_wheel("mylib", metadata_text=text)
    (shell.folder / wheel.filename).write_bytes(wheel.content)

    result = shell.run("lock", f"./{wheel.filename}", *TARGET)

    assert result.exit_code == 1
    assert "--python-version" not in result.stderr
    assert "is not supported (e.g., mylib==1.0 only supports >=3.99). Choose another runtime." in result.stderr


def test_a_locked_wheel_that_left_the_index_is_an_error_of_the_lock(shell: Shell, index: GuardedIndex) -> None:
    url = f"{index.url.removesuffix('/simple')}/gone/core-1.0-py3-none-any.whl"
    shell.write("pylock.toml", lock_of("core", url))

    result = shell.run("build", "-l", "pylock.toml", *TARGET, "--no-bytecode")

    assert result.exit_code == 1
    assert result.stderr.splitlines()[0] == f"url-not-found: nothing is at {url} (HTTP status 404)"


def test_a_path_as_url_in_a_lock_is_an_error_of_the_lock(shell: Shell) -> None:
    for url in ("../core-1.0-py3-none-any.whl", "file:///dist/core-1.0-py3-none-any.whl"):
        shell.write("pylock.toml", lock_of("core", url))

        result = shell.run("build", "-l", "pylock.toml", *TARGET, "--no-bytecode")

        assert result.exit_code == 1
        assert result.stderr.splitlines()[1].strip() == (
            f"core-1.0-py3-none-any.whl: its url {url!r} leads to no index; a file beside the lock is given as `path`"
        )


def lock_of(name: str, url: str) -> str:
    return (
        "lock-version = '1.0'\ncreated-by = 'hand'\n"
        f"[[packages]]\nname = '{name}'\nversion = '1.0'\n"
        f"wheels = [{{url = '{url}', hashes = {{sha256 = '{'a' * 64}'}}}}]\n"
    )
