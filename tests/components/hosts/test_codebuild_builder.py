"""CodeBuild's own API, as botocore's model has it: every call and answer is checked against it by the Stubber."""

from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from builder_lambda import BuildRequest, Target
from builder_lambda.errors.builder_function import BuilderNotPermitted
from builder_lambda.errors.hosts import CodeBuildFailed, CodeBuildMissing, CodeBuildTimedOut
from builder_lambda.stores.s3 import S3Archives
from components.hosts.codebuild_builder import CodeBuildBuilder, CodeBuildProject
from tests.builder_lambda.fakes import FakeS3

PROJECT = CodeBuildProject(name="layers", region="eu-west-1", timeout_seconds=3600)
REQUEST = BuildRequest(name="web", target=Target.parse("python3.13", "x86_64"), lock_sha256="1" * 64)
LOGS = {
    "groupName": "layers-log",
    "streamName": "1",
    "deepLink": "https://console.example.invalid/log",
}
STARTED = {"id": "layers:1", "buildStatus": "IN_PROGRESS", "logs": LOGS}


class Clients:
    """Stubbed clients, made once."""

    def __init__(self) -> None:
        session = boto3.Session(aws_access_key_id="1", aws_secret_access_key="2", region_name="eu-west-1")
        self.clients: dict[str, Any] = {name: session.client(name) for name in ("codebuild", "logs")}
        self.stubs = {name: Stubber(client) for name, client in self.clients.items()}
        for stub in self.stubs.values():
            stub.activate()
        self.s3 = FakeS3()
        self.waited: list[float] = []

    def start(self, **build: Any) -> None:
        variables = [{"name": name, "value": ANY, "type": "PLAINTEXT"} for name in ("REQUEST", "ANSWER")]
        self.stubs["codebuild"].add_response(
            "start_build",
            {"build": {**STARTED, **build}},
            {"projectName": "layers", "idempotencyToken": ANY, "environmentVariablesOverride": variables},
        )

    def look(self, **build: Any) -> None:
        answer = {"builds": [{**STARTED, **build}]}
        self.stubs["codebuild"].add_response("batch_get_builds", answer, {"ids": ["layers:1"]})

    def refuse(self, operation: str, code: str) -> None:
        self.stubs["codebuild"].add_client_error(operation, service_error_code=code)

    def log(self, *lines: str) -> None:
        expected = {"logGroupName": "layers-log", "logStreamName": "1", "limit": 30}
        events = [{"timestamp": 1, "message": f"{line}\n", "ingestionTime": 1} for line in lines]
        self.stubs["logs"].add_response("get_log_events", {"events": events}, expected)

    def ask(self) -> None:
        store = S3Archives(client=self.s3, bucket="archives", prefix="python-layers/")  # type: ignore[arg-type] # a fake
        CodeBuildBuilder(PROJECT, client=self.clients.__getitem__, store=store, sleep=self.waited.append).build(REQUEST)


@pytest.fixture
def aws() -> Clients:
    return Clients()


def test_a_failed_build_is_reported_with_its_log(aws: Clients) -> None:
    aws.start()
    aws.look()
    aws.look()
    contexts = [{"statusCode": "COMMAND_EXECUTION_ERROR", "message": "exit status 1"}]
    aws.look(buildStatus="FAILED", phases=[{"phaseType": "BUILD", "phaseStatus": "FAILED", "contexts": contexts}])
    aws.log("Traceback (most recent call last):", "KeyError: 'REQUEST'")
    with pytest.raises(CodeBuildFailed) as raised:
        aws.ask()
    assert str(raised.value) == (
        "codebuild-failed: the CodeBuild build layers:1 ended as FAILED\n"
        "    BUILD: exit status 1\n"
        "    Traceback (most recent call last):\n"
        "    KeyError: 'REQUEST'\n"
        "    https://console.example.invalid/log\n"
        "  likely cause: what CodeBuild says of the phases is above, with the end of the log\n"
        "  what to do: open the log; a failure before the phase BUILD concerns the project, its role or its image; "
        "one in BUILD concerns the builder"
    )
    assert aws.waited == [1, 2]
    assert aws.s3.objects == {}


def test_a_build_over_its_time_limit_is_reported(aws: Clients) -> None:
    aws.start()
    aws.look(buildStatus="TIMED_OUT")
    with pytest.raises(CodeBuildTimedOut) as raised:
        aws.ask()
    assert (raised.value.timeout_seconds, raised.value.link) == (3600, LOGS["deepLink"])


def test_an_unreadable_log_hides_no_other_detail(aws: Clients) -> None:
    aws.start()
    contexts = [{"statusCode": "CLIENT_ERROR", "message": "AccessDenied: the image"}]
    aws.look(buildStatus="FAULT", phases=[{"phaseType": "PROVISIONING", "contexts": contexts}])
    aws.stubs["logs"].add_client_error("get_log_events", service_error_code="ResourceNotFoundException")
    with pytest.raises(CodeBuildFailed) as raised:
        aws.ask()
    assert "PROVISIONING: AccessDenied: the image" in raised.value.detail
    assert "its log cannot be read" in raised.value.detail


def test_a_success_without_an_answer_is_an_error(aws: Clients) -> None:
    aws.start()
    aws.look(buildStatus="SUCCEEDED")
    with pytest.raises(CodeBuildFailed, match="it left no answer"):
        aws.ask()


def test_a_start_beyond_the_limit_of_the_account_is_repeated(aws: Clients) -> None:
    aws.refuse("start_build", "AccountLimitExceededException")
    aws.start()
    aws.look(buildStatus="STOPPED")
    aws.log()
    with pytest.raises(CodeBuildFailed, match="ended as STOPPED"):
        aws.ask()
    assert len(aws.waited) == 1


def test_a_missing_project_is_reported(aws: Clients) -> None:
    aws.refuse("start_build", "ResourceNotFoundException")
    with pytest.raises(CodeBuildMissing) as raised:
        aws.ask()
    assert raised.value.project == "layers"


@pytest.mark.parametrize(
    ("operation", "action"), [("start_build", "StartBuild"), ("batch_get_builds", "BatchGetBuilds")]
)
def test_a_denial_names_the_action(aws: Clients, operation: str, action: str) -> None:
    if operation != "start_build":
        aws.start()
    aws.refuse(operation, "AccessDeniedException")
    with pytest.raises(BuilderNotPermitted) as raised:
        aws.ask()
    assert raised.value.action == f"codebuild:{action}"


def test_floats_of_pulumi_are_read_as_whole_numbers() -> None:
    mapping = {"host": "codebuild", "project": "layers", "region": "eu-west-1", "timeout_seconds": 3600.0}
    assert CodeBuildProject.from_mapping(mapping) == PROJECT
