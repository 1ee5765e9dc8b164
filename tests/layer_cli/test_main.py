import os
import pty
import subprocess
import sys

import pytest

from builder_lambda import __version__
from builder_lambda.errors.base import LayerError
from builder_lambda.errors.indexes import IndexCredentialsMissing, IndexDenied, IndexUnreachable
from builder_lambda.errors.resolution import UnknownPackage
from layer_cli.commands import inspect as inspect_command
from layer_cli.output.exit_codes import exit_code_of
from tests.layer_cli.shell import ROOT, RUNTIME, Shell

HEAVY = {"boto3", "uv", "rich", "urllib3", "pip_requirements_parser", "tomli_w", "pydantic", "packaging", "zipfile"}


def test_the_version_is_printed(shell: Shell) -> None:
    assert shell.run("--version").stdout == f"python-layers {__version__}\n"


def test_commands_are_listed(shell: Shell) -> None:
    *_, listed = shell.run("--help").stdout.partition("Commands:\n")

    names = [line.split()[0] for line in listed.splitlines()]
    assert names == ["build", "cache", "diff", "doctor", "inspect", "lock", "preview-diff"]


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (("buil",), "Error: No such command 'buil'. Did you mean 'build'?\n"),
        (("inspect", "--jsom", "a.zip"), "Error: No such option '--jsom'. Did you mean '--json'?\n"),
        (("lock", "web", "--runtime", "python3.8"), "'python3.13', 'python3.14'.\n"),
    ],
)
def test_a_usage_error_ends_with_2_and_advice(shell: Shell, arguments: tuple[str, ...], advice: str) -> None:
    result = shell.run(*arguments)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith(advice)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UnknownPackage(names=("a",)), 1),
        (IndexUnreachable(detail=""), 3),
        (IndexDenied(index="a", detail=""), 3),
        (IndexCredentialsMissing(index="a", detail=""), 3),
    ],
)
def test_errors_of_the_index_have_their_own_exit_code(error: LayerError, code: int) -> None:
    assert exit_code_of(error) == code


def test_an_interruption_ends_with_130(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(inspect_command.inspect, "callback", interrupted)

    result = shell.run("inspect", "layer.zip")

    assert (result.exit_code, result.stderr) == (130, "interrupted\n")


def test_the_start_imports_no_heavy_library() -> None:
    program = "import sys, layer_cli.main; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert not HEAVY & set(run.stdout.split())


def test_a_known_lock_imports_nothing_that_builds(shell: Shell) -> None:
    target = ("--runtime", RUNTIME)
    shell.run("lock", "web", *target)
    command = ["build", "-l", "pylock.toml", *target, "--json"]
    shell.run(*command)
    program = (
        "import sys; from layer_cli.main import commands\n"
        f"try: commands({command!r})\n"
        "finally: print(*sys.modules, file=sys.stderr)"
    )

    run = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=shell.folder,
        env={**os.environ, **shell.environ, "PYTHONPATH": str(ROOT)},
    )

    assert '"is_known": true' in run.stdout
    assert not (HEAVY - {"zipfile"}) & set(run.stderr.split())


def on_terminal(shell: Shell, *arguments: str) -> tuple[str, str]:
    """Run a command with standard error on a terminal, and return what was on standard output and there."""
    terminal, other_end = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "layer_cli", *arguments],
        cwd=shell.folder,
        env={**os.environ, **shell.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"},
        stdout=subprocess.PIPE,
        stderr=other_end,
        text=True,
    )
    os.close(other_end)
    shown = b""
    try:
        while chunk := os.read(terminal, 4096):
            shown += chunk
    except OSError:
        pass  # Linux reports a closed other end in this way
    finally:
        os.close(terminal)
    stdout, _ = process.communicate()
    return stdout, shown.decode()


def test_progress_is_shown_on_a_terminal_and_not_with_json(shell: Shell) -> None:
    _, shown = on_terminal(shell, "build", "web", "--runtime", RUNTIME)
    assert "choosing versions" in shown
    assert "downloading wheels" in shown
    assert "2/2" in shown
    assert " bytes" in shown or "kB" in shown

    _, shown = on_terminal(shell, "build", "tool", "--runtime", RUNTIME, "--json")
    assert shown == ""
