import base64
import io
import json
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from builder_lambda import BuildRequest, ResolveRequest, ResolveResult, Target
from builder_lambda.errors.builder_function import (
    BuilderCrashed,
    BuilderMissing,
    BuilderNotPermitted,
    BuilderOutOfMemory,
    BuilderTimedOut,
)
from builder_lambda.errors.resolution import UnknownPackage
from components.hosts.lambda_builder import BuilderFunction, LambdaBuilder
from tests.components.fakes import FakeBuilder, FakeInvocations, refusal

FUNCTION = BuilderFunction(
    arn="arn:aws:lambda:eu-west-1:111122223333:function:builder",
    timeout_seconds=300,
    memory_mb=1024,
    architecture="x86_64",
)
REQUEST = ResolveRequest(requirements=("requests",), target=Target.parse("python3.13", "x86_64"))
RESULT = ResolveResult(lock_sha256="10c4", packages={"requests": "2.32.3"})
REPLY = {"result": RESULT.to_mapping()}
DENIED = {"error": BuilderNotPermitted(action="s3:PutObject", detail="denied").to_mapping()}


def answer(payload: Mapping[str, Any], *, failed: bool = False, log: str = "") -> dict[str, Any]:
    failure = {"FunctionError": "Unhandled", "LogResult": base64.b64encode(log.encode()).decode()} if failed else {}
    return {"Payload": io.BytesIO(json.dumps(payload).encode()), **failure}


class Waiting:
    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def builder(invocations: FakeInvocations, *, is_first: bool = False, sleep: Waiting | None = None) -> LambdaBuilder:
    return LambdaBuilder(FUNCTION, client=lambda _config: invocations, is_first=is_first, sleep=sleep or Waiting())


def test_the_reply_of_the_function_is_the_result() -> None:
    invocations = FakeInvocations(answer(REPLY))
    assert builder(invocations).resolve(REQUEST) == RESULT
    assert json.loads(invocations.calls[0]["Payload"]) == {"resolve": REQUEST.to_mapping()}
    assert invocations.calls[0]["FunctionName"] == FUNCTION.arn


def test_the_connection_outlasts_the_function_and_the_sdk_never_builds_twice() -> None:
    seen: list[Any] = []

    def client(config: Config) -> FakeInvocations:
        seen.append(config)
        return FakeInvocations()

    LambdaBuilder(FUNCTION, client=client, is_first=False)
    assert seen[0].read_timeout == 310
    assert seen[0].retries == {"total_max_attempts": 1}


def test_an_error_of_the_builder_is_the_same_error_here() -> None:
    error = UnknownPackage(names=("reqests",))
    with pytest.raises(UnknownPackage) as raised:
        builder(FakeInvocations(answer({"error": error.to_mapping()}))).resolve(REQUEST)
    assert str(raised.value) == str(error)


def test_a_function_over_its_time_limit_is_reported() -> None:
    failure = {
        "errorType": "Sandbox.Timedout",
        "errorMessage": "RequestId: 1 Error: Task timed out after 300.00 seconds",
    }
    with pytest.raises(BuilderTimedOut) as raised:
        builder(FakeInvocations(answer(failure, failed=True))).resolve(REQUEST)
    assert (raised.value.function, raised.value.timeout_seconds) == ("builder", 300)


def test_a_function_over_its_memory_is_reported() -> None:
    failure = {
        "errorType": "Runtime.ExitError",
        "errorMessage": "RequestId: 1 Error: Runtime exited with error: signal: killed",
    }
    with pytest.raises(BuilderOutOfMemory) as raised:
        builder(FakeInvocations(answer(failure, failed=True))).resolve(REQUEST)
    assert raised.value.memory_mb == 1024


def test_a_crash_is_reported_with_trace_and_log() -> None:
    failure = {"errorType": "KeyError", "errorMessage": "'x'", "stackTrace": ['  File "handler.py", line 1\n']}
    with pytest.raises(BuilderCrashed) as raised:
        builder(FakeInvocations(answer(failure, failed=True, log="START\nlast words\n" + "x" * 3000))).resolve(REQUEST)
    for part in ("KeyError: 'x'", 'File "handler.py", line 1', "last words", "x" * 3000):
        assert part in str(raised.value)


@pytest.mark.parametrize(
    "error",
    [
        ConnectionClosedError(endpoint_url="e"),
        refusal("Invoke", "TooManyRequestsException", 429),
        refusal("Invoke", "ServiceException", 500),
    ],
)
def test_a_call_is_repeated_after_a_passing_error(error: Exception) -> None:
    invocations = FakeInvocations(error, answer(REPLY))
    assert builder(invocations).resolve(REQUEST) == RESULT
    assert len(invocations.calls) == 2


def test_a_call_is_not_repeated_after_a_read_timeout() -> None:
    invocations = FakeInvocations(ReadTimeoutError(endpoint_url="e"))
    with pytest.raises(BuilderTimedOut):
        builder(invocations).resolve(REQUEST)
    assert len(invocations.calls) == 1


def test_a_first_use_waits_for_the_new_role() -> None:
    waiting = Waiting()
    invocations = FakeInvocations(answer(DENIED), refusal("Invoke", "AccessDeniedException", 403), answer(REPLY))
    assert builder(invocations, is_first=True, sleep=waiting).resolve(REQUEST) == RESULT
    assert len(waiting.seconds) == 2


def test_a_later_use_reports_a_denial_at_once() -> None:
    waiting = Waiting()
    with pytest.raises(BuilderNotPermitted):
        builder(FakeInvocations(answer(DENIED)), sleep=waiting).resolve(REQUEST)
    assert waiting.seconds == []


def test_a_denial_names_the_action() -> None:
    with pytest.raises(BuilderNotPermitted) as raised:
        builder(FakeInvocations(refusal("Invoke", "AccessDeniedException", 403))).resolve(REQUEST)
    assert raised.value.action == "lambda:InvokeFunction"


def test_a_missing_function_is_reported() -> None:
    with pytest.raises(BuilderMissing) as raised:
        builder(FakeInvocations(refusal("Invoke", "ResourceNotFoundException", 404))).resolve(REQUEST)
    assert raised.value.function == FUNCTION.arn


@pytest.mark.parametrize(
    "log",
    [
        "START\nREPORT RequestId: 1\tDuration: 1230.12 ms\tBilled Duration: 1231 ms\tMemory Size: 1024 MB",
        '{"type":"platform.report","record":{"metrics":{"durationMs":1230.12,"billedDurationMs":1231}}}',
    ],
)
def test_the_billed_time_is_among_the_seconds_of_a_build(log: str) -> None:
    built = FakeBuilder().build(
        BuildRequest(name="web", target=Target.parse("python3.13", "x86_64"), lock_sha256='{"idna": "3.9"}')
    )
    reply = {**answer({"result": built.to_mapping()}), "LogResult": base64.b64encode(log.encode()).decode()}
    request = BuildRequest(name="web", target=Target.parse("python3.13", "x86_64"), lock_sha256="1")
    assert builder(FakeInvocations(reply)).build(request).seconds == {"total": 1.5, "billed": 1.231}
    assert FUNCTION.cost_usd(1.231) == pytest.approx(0.0000207167, rel=1e-3)


def test_floats_of_pulumi_are_read_as_whole_numbers() -> None:
    assert (
        BuilderFunction.from_mapping(
            {"arn": FUNCTION.arn, "timeout_seconds": 300.0, "memory_mb": 1024.0, "architecture": "x86_64"}
        )
        == FUNCTION
    )
