"""The rules of the doctor, and its adapters with stand-ins for the machine and the account."""

import stat
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from builder_lambda.bytecode.interpreter import Interpreter
from builder_lambda.errors.builder_function import BuilderNotPermitted, InterpreterMissing
from builder_lambda.errors.indexes import IndexUnreachable
from builder_lambda.hosts.container_engine import ContainerEngine
from layer_cli.doctor.aws_account import find_account, region_finding
from layer_cli.doctor.caller import Caller
from layer_cli.doctor.containers import find_container_engine
from layer_cli.doctor.examination import Check, examine
from layer_cli.doctor.finding import Finding, is_ready
from layer_cli.doctor.interpreters import find_compiler
from layer_cli.doctor.package_index import find_index
from layer_cli.doctor.permissions import permission_finding, simulated
from layer_cli.doctor.tools import PULUMI, find_pulumi, tool_finding
from layer_deployment.grants import grants
from layer_deployment.scope import DeployScope

SCOPE = DeployScope(account="", stack="dev")


@pytest.mark.parametrize(
    ("version", "status"), [("3.216.0", "ok"), ("4.0.0", "ok"), ("3.215.9", "missing"), (None, "missing")]
)
def test_a_tool_older_than_the_minimum_version_is_missing(version: str | None, status: str) -> None:
    finding = tool_finding(PULUMI, version)
    assert finding.status == status
    assert bool(finding.remedy) == (status == "missing")


def test_an_old_tool_is_reported_with_the_minimum_version() -> None:
    assert tool_finding(PULUMI, "3.10.2", "/bin/pulumi").found == "3.10.2, /bin/pulumi; 3.216 or newer is needed"


@pytest.mark.parametrize(
    ("script", "status", "found"),
    [
        ("echo v3.259.0", "ok", "3.259.0, "),
        ("echo broken >&2; exit 3", "missing", "does not run: broken"),
        ("exit 3", "missing", "does not run: it ended with exit code 3"),
    ],
)
def test_the_version_of_pulumi_is_read_from_its_output(tmp_path: Path, script: str, status: str, found: str) -> None:
    program = tmp_path / "pulumi"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    (finding,) = find_pulumi(str(tmp_path))
    assert finding.status == status
    assert found in finding.found


def test_pulumi_is_missing_if_it_is_not_on_the_path(tmp_path: Path) -> None:
    (finding,) = find_pulumi(str(tmp_path))
    assert (finding.status, finding.found) == ("missing", "not found on PATH")


@pytest.mark.parametrize(("is_needed", "status"), [(True, "missing"), (False, "warning")])
def test_a_missing_interpreter_is_reported_with_the_error_of_the_build(is_needed: bool, status: str) -> None:
    def find(version: str) -> Interpreter:
        raise InterpreterMissing(python_version=version)

    (finding,) = find_compiler("python3.14", is_needed=is_needed, find=find)
    assert finding.status == status
    assert finding.remedy == InterpreterMissing.remedy
    assert "there is no CPython 3.14 here" in finding.found


def test_an_interpreter_is_reported_with_version_and_path() -> None:
    found = Interpreter(path="/usr/bin/python3.13", version="3.13.1")
    (finding,) = find_compiler("python3.13", is_needed=True, find=lambda _version: found)
    assert (finding.status, finding.found) == ("ok", "3.13.1, /usr/bin/python3.13")


def test_an_unreachable_index_is_reported_with_the_error_of_the_build() -> None:
    class Unreachable:
        def files(self, name: str) -> Any:
            raise IndexUnreachable(detail=f"{name} at example.org: timed out")

    (finding,) = find_index({}, listing=lambda _environ: Unreachable())
    assert (finding.status, finding.remedy) == ("missing", IndexUnreachable.remedy)
    assert finding.details == ("packaging at example.org: timed out",)


def test_a_container_engine_is_reported_with_its_architecture() -> None:
    engine = ContainerEngine(program="/usr/bin/docker", architecture="arm64")

    (finding,) = find_container_engine(is_needed=False, find=lambda: engine)
    assert (finding.status, finding.found) == ("ok", "/usr/bin/docker, runs arm64")


@pytest.mark.parametrize(("is_needed", "status"), [(True, "missing"), (False, "warning")])
def test_a_missing_container_engine_is_a_warning_unless_containers_build(is_needed: bool, status: str) -> None:
    from builder_lambda.errors.hosts import ContainerEngineMissing

    def find() -> Any:
        raise ContainerEngineMissing(programs=("docker", "podman"))

    (finding,) = find_container_engine(is_needed=is_needed, find=find)
    assert (finding.status, finding.remedy) == (status, ContainerEngineMissing.remedy)


def test_checks_that_fail_or_hang_do_not_stop_the_others() -> None:
    never = threading.Event()

    def fail() -> Any:
        raise ZeroDivisionError("division by zero")

    def hang() -> Any:
        never.wait()
        return ()

    findings = examine(
        [
            Check(name="fails", find=fail),
            Check(name="hangs", find=hang),
            Check(name="works", find=lambda: (Finding(check="works", status="ok", found="all"),)),
        ],
        limit_seconds=0.2,
    )
    never.set()
    assert [(finding.check, finding.status, finding.found) for finding in findings] == [
        ("fails", "unchecked", "could not be checked: ZeroDivisionError: division by zero"),
        ("hangs", "unchecked", "could not be checked: no answer within 0.2 seconds"),
        ("works", "ok", "all"),
    ]


def test_only_missing_items_make_a_deployment_not_ready() -> None:
    warning = Finding(check="x", status="warning", found="")
    assert is_ready([warning, Finding.unchecked("y", "no idea")])
    assert not is_ready([warning, replace(warning, status="missing")])


@pytest.mark.parametrize(
    ("arn", "source"),
    [
        ("arn:aws:iam::111122223333:user/team/jo", "arn:aws:iam::111122223333:user/team/jo"),
        ("arn:aws:sts::111122223333:assumed-role/deploy/ci-7", "arn:aws:iam::111122223333:role/deploy"),
        ("arn:aws-cn:sts::111122223333:assumed-role/deploy/s", "arn:aws-cn:iam::111122223333:role/deploy"),
    ],
)
def test_policies_are_those_of_the_role_behind_a_session(arn: str, source: str) -> None:
    caller = Caller.parse(arn)
    assert caller is not None
    assert caller.policy_source_arn == source


def test_policies_of_a_federated_user_cannot_be_simulated() -> None:
    assert Caller.parse("arn:aws:sts::111122223333:federated-user/jo") is None


@pytest.mark.parametrize(
    ("pattern", "resource"),
    [
        ("*", "*"),
        ("arn:aws:s3:::builder-archives-*/*", "arn:aws:s3:::builder-archives-x/x"),
        ("arn:aws:lambda:*:1:layer:*-python*", "arn:aws:lambda:eu-west-1:1:layer:x-pythonx"),
        ("arn:aws:lambda:*:*:layer:*:*", "arn:aws:lambda:eu-west-1:111122223333:layer:x:x"),
    ],
)
def test_the_simulator_gets_a_resource_that_the_pattern_covers(pattern: str, resource: str) -> None:
    assert simulated(pattern, "eu-west-1") == resource


def test_denied_actions_are_counted_and_have_the_remedy_of_the_builder() -> None:
    denied = [f"s3:Action{number} on bucket" for number in range(6)]
    finding = permission_finding(denied, 80)
    assert finding.found == (
        "6 of 80 actions are denied: s3:Action0 on bucket, s3:Action1 on bucket, s3:Action2 on bucket, "
        "s3:Action3 on bucket and 2 more"
    )
    assert finding.remedy.startswith(BuilderNotPermitted.remedy)
    assert finding.details == tuple(denied)


class Account:
    """boto3 session, STS and IAM of an account in which some actions are denied."""

    def __init__(
        self, arn: str | ClientError, denied: set[str] | ClientError, region: str | None = "eu-west-1"
    ) -> None:
        self.arn, self.denied, self.region_name = arn, denied, region
        self.sources: list[str] = []
        self.contexts: list[Any] = []

    def __call__(self, **_names: object) -> "Account":
        return self

    def client(self, _service: str, **_settings: object) -> "Account":
        return self

    def get_caller_identity(self) -> dict[str, str]:
        if isinstance(self.arn, ClientError):
            raise self.arn
        return {"Arn": self.arn}

    def get_role(self, RoleName: str) -> dict[str, Any]:  # noqa: N803 - boto3's name
        return {"Role": {"Arn": f"arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/{RoleName}"}}

    def simulate_principal_policy(self, **question: Any) -> dict[str, Any]:
        if isinstance(self.denied, ClientError):
            raise self.denied
        self.sources.append(question["PolicySourceArn"])
        self.contexts += question["ContextEntries"]
        return {
            "EvaluationResults": [
                {"EvalActionName": action, "EvalDecision": "implicitDeny" if action in self.denied else "allowed"}
                for action in question["ActionNames"]
            ]
        }


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "SimulatePrincipalPolicy")


ROLE = "arn:aws:sts::111122223333:assumed-role/Admin/jo"


def asked(account: Account) -> dict[str, Finding]:
    found = find_account(SCOPE, ("layers",), session=account)
    return {finding.check: finding for finding in found}


def test_permissions_are_simulated_for_the_role_with_its_path() -> None:
    account = Account(ROLE, set())
    found = asked(account)
    assert {finding.status for finding in found.values()} == {"ok"}
    assert set(account.sources) == {"arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/Admin"}
    assert {
        "ContextKeyName": "iam:PassedToService",
        "ContextKeyValues": ["lambda.amazonaws.com"],
        "ContextKeyType": "string",
    } in account.contexts
    rows = grants(replace(SCOPE, account="111122223333"))
    assert len(account.sources) == sum(len(row.resources) for row in rows)


def test_a_denied_action_is_missing() -> None:
    found = asked(Account(ROLE, {"iam:PassRole"}))["AWS permissions"]
    assert found.status == "missing"
    assert found.details == ("iam:PassRole on arn:aws:iam::111122223333:role/builder-*",)


def test_permissions_are_unchecked_if_the_simulation_is_denied() -> None:
    found = asked(Account(ROLE, refusal("AccessDenied")))["AWS permissions"]
    assert found.status == "unchecked"
    assert found.found.startswith("could not be checked: An error occurred (AccessDenied)")
    assert "iam:SimulatePrincipalPolicy" in found.remedy


def test_refused_credentials_are_missing_and_permissions_unchecked() -> None:
    found = asked(Account(refusal("ExpiredToken"), set()))
    assert found["AWS credentials"].status == "missing"
    assert "ExpiredToken" in found["AWS credentials"].found
    assert found["AWS permissions"].status == "unchecked"


def test_the_root_user_is_unchecked_and_advised_against() -> None:
    found = asked(Account("arn:aws:iam::111122223333:root", set()))["AWS permissions"]
    assert "root" in found.found
    assert found.status == "unchecked"


def test_an_unknown_profile_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    (finding,) = find_account(SCOPE, ("layers",), profile="nobody")
    assert finding.status == "missing"
    assert "nobody" in finding.found


def test_an_unset_region_is_a_warning() -> None:
    assert region_finding(None, is_option=False).status == "warning"
    assert region_finding("eu-west-1", is_option=True).found == "eu-west-1, from --region"


@pytest.fixture(autouse=True)
def _no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
