"""The language host, without an engine."""

import importlib.metadata
import sys
from pathlib import Path

import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import language_pb2

from local_aws.language_host.host import LanguageHost, interpreter_for, run_command


def info(**options: str) -> language_pb2.ProgramInfo:
    given = struct_pb2.Struct()
    given.update(options)
    return language_pb2.ProgramInfo(
        root_directory="/project", program_directory="/project", entry_point=".", options=given if options else None
    )


def test_the_programs_own_environment_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_PYTHON_CMD", "/clone/python")
    assert interpreter_for(info(virtualenv=".venv")) == "/project/.venv/bin/python"
    assert interpreter_for(info()) == "/clone/python"
    monkeypatch.delenv("PULUMI_PYTHON_CMD")
    assert interpreter_for(info()) == "python3"


def test_the_program_is_started_with_what_the_sdk_expects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_PYTHON_CMD", "py")
    request = language_pb2.RunRequest(
        project="p",
        stack="s",
        pwd="/project",
        monitor_address="m",
        parallel=4,
        organization="o",
        info=info(),
        dryRun=True,
    )

    assert run_command(request, engine="e", launcher="/bin/exec") == [
        *("py", "-u", "/bin/exec", "--monitor", "m", "--engine", "e", "--project", "p", "--stack", "s"),
        *("--parallel", "4", "--dry_run", "true", "--pwd", "/project", "--organization", "o"),
        *("--root_directory", "/project", "/project"),
    ]


def run(launcher: Path, program: str, monkeypatch: pytest.MonkeyPatch) -> language_pb2.RunResponse:
    monkeypatch.setenv("PULUMI_PYTHON_CMD", sys.executable)
    launcher.write_text(program)
    host = LanguageHost(engine="e", launcher=str(launcher))
    return host.Run(language_pb2.RunRequest(info=info()), None)  # type: ignore[arg-type]  # it asks nothing of it


def test_a_program_that_has_told_its_error_is_not_told_of_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(tmp_path / "exec", "raise SystemExit(32)", monkeypatch).bail


def test_a_program_that_ends_in_another_way_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(tmp_path / "exec", "raise SystemExit(2)", monkeypatch).error == "the program ended with status 2"
    assert run(tmp_path / "exec", "", monkeypatch) == language_pb2.RunResponse()


def test_config_reaches_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = "import os, sys; sys.exit(0 if os.environ['PULUMI_CONFIG'] == '{}' else 9)"

    assert run(tmp_path / "exec", program, monkeypatch) == language_pb2.RunResponse()


def test_an_environment_that_is_not_there_is_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    host = LanguageHost(engine="e", launcher="exec")

    answer = host.Run(language_pb2.RunRequest(info=info(virtualenv="venv")), None)  # type: ignore[arg-type]  # as above

    assert answer.error == (
        "the program's Python could not be started: [Errno 2] No such file or directory: '/project/venv/bin/python'. "
        "If Pulumi.yaml names a virtualenv, make it first."
    )


def test_the_host_is_of_the_sdks_version() -> None:
    host = LanguageHost(engine="e", launcher="exec")

    answer = host.GetPluginInfo(empty_pb2.Empty(), None)  # type: ignore[arg-type]  # as above

    assert answer.version == importlib.metadata.version("pulumi")
