import json
from typing import Any

import pytest
from click.testing import CliRunner

from layer_cli.commands import doctor as doctor_command
from layer_cli.doctor.examination import Check
from layer_cli.doctor.finding import Finding, Status
from layer_cli.main import commands


def finds(monkeypatch: pytest.MonkeyPatch, *statuses: Status) -> list[Any]:
    """Replace the checks, and return what they are asked for."""
    asked: list[Any] = []

    def checks(hosts: Any, runtimes: Any, question: Any) -> list[Check]:
        asked.extend((hosts, runtimes, question))
        findings = [Finding(check=f"[{status}]", status=status, found="this", remedy="that") for status in statuses]
        return [Check(name=each.check, find=lambda each=each: (each,)) for each in findings]  # type: ignore[misc]  # a default binds the finding of the turn

    monkeypatch.setattr(doctor_command, "_checks", checks)
    return asked


def run(*words: str) -> Any:
    return CliRunner().invoke(commands, ["doctor", *words])


def test_warnings_alone_end_with_0(monkeypatch: pytest.MonkeyPatch) -> None:
    finds(monkeypatch, "ok", "warning", "unchecked")
    done = run()
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "nothing is missing, 1 warning, 1 not checked")


def test_a_missing_item_ends_with_1_and_is_shown_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    finds(monkeypatch, "missing")
    done = run()
    assert done.exit_code == 1
    assert "1 missing" in done.output
    assert "that" in done.output


def test_json_has_every_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    finds(monkeypatch, "missing", "ok")
    done = run("--json")
    answer = json.loads(done.output)
    assert (done.exit_code, answer["is_ready"]) == (1, False)
    assert answer["findings"][0] == {
        "check": "[missing]",
        "status": "missing",
        "found": "this",
        "remedy": "that",
        "details": [],
    }


def test_options_choose_the_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = finds(monkeypatch, "ok")
    run("--host", "codebuild", "--runtime", "python3.13", "--function", "api", "--stack", "prod")
    hosts, runtimes, question = asked
    assert (hosts, runtimes) == (("codebuild",), ("python3.13",))
    assert question.parts == ("layers", "functions", "codebuild")
    assert (question.scope.stack, question.scope.functions) == ("prod", ("api",))


def test_the_real_checks_end_without_a_traceback_on_any_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple/")
    done = run("--runtime", "python3.9", "--json")
    findings = {finding["check"]: finding for finding in json.loads(done.output)["findings"]}
    assert done.exit_code == 1
    assert findings["Pulumi CLI"]["status"] == "missing"
    assert findings["package index"]["status"] in ("missing", "unchecked")
    assert findings["Docker or Podman"]["status"] == "warning"
    assert findings["AWS credentials"]["status"] == "missing"
    assert findings["AWS permissions"]["status"] == "unchecked"
    assert findings["Python"]["status"] == "ok"
