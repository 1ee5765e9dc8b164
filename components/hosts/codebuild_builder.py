"""CodeBuildBuilder: builds in a CodeBuild project. Request and answer are objects of the archive bucket.

It is for builds that need more than a Lambda function has: hours, gigabytes, a C compiler with headers.
"""

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import tenacity
from botocore.exceptions import ClientError

from builder_lambda.contract.aws_errors import code_of, is_denied
from builder_lambda.contract.request import BuildRequest, BuildResult, ResolveRequest, ResolveResult
from builder_lambda.contract.store_keys import CODEBUILD
from builder_lambda.errors.builder_function import BuilderNotPermitted
from builder_lambda.errors.hosts import CodeBuildFailed, CodeBuildMissing, CodeBuildTimedOut
from builder_lambda.errors.wire import error_from_mapping
from builder_lambda.stores.s3 import S3Archives

_QUEUE_SECONDS = 900
"""Longest wait in the queue: accounts have a limit of concurrent builds."""

_LOG_LINES = 30
_BUSY = ("AccountLimitExceededException", "ThrottlingException")


@dataclass(frozen=True, kw_only=True)
class CodeBuildProject:
    """The deployed project."""

    name: str
    region: str
    timeout_seconds: int

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> "CodeBuildProject":
        """Read the input of a dynamic resource. Pulumi passes numbers as floats."""
        return cls(name=mapping["project"], region=mapping["region"], timeout_seconds=int(mapping["timeout_seconds"]))


class CodeBuildBuilder:
    """Builds in a CodeBuild project. See :class:`components.hosts.builders.Builder`.

    :param client: makes a boto3 client of a service in the project's region.
    :param store: the archive bucket.
    :param sleep: waits for some seconds.
    """

    def __init__(
        self,
        project: CodeBuildProject,
        *,
        client: Callable[[str], Any],
        store: S3Archives,
        sleep: Callable[[float], None] = tenacity.nap.sleep,
    ) -> None:
        self._project = project
        self._client = client
        self._builds = client("codebuild")
        self._store = store
        self._patient = tenacity.Retrying(
            retry=tenacity.retry_if_exception(_is_busy),
            wait=tenacity.wait_random_exponential(multiplier=1, max=20),
            stop=tenacity.stop_after_attempt(6),
            sleep=sleep,
            reraise=True,
        )
        self._until_done = tenacity.Retrying(
            retry=tenacity.retry_if_result(lambda build: build["buildStatus"] == "IN_PROGRESS"),
            wait=tenacity.wait_exponential(multiplier=1, max=10),
            stop=tenacity.stop_after_delay(project.timeout_seconds + _QUEUE_SECONDS),
            retry_error_callback=self._stop_late_build,
            sleep=sleep,
        )

    def resolve(self, request: ResolveRequest) -> ResolveResult:
        """See :meth:`components.hosts.builders.Builder.resolve`."""
        return ResolveResult.from_mapping(self._ask({"resolve": request.to_mapping()}))

    def build(self, request: BuildRequest) -> BuildResult:
        """See :meth:`components.hosts.builders.Builder.build`."""
        return BuildResult.from_mapping(self._ask({"build": request.to_mapping()}))

    def _ask(self, event: Mapping[str, object]) -> Mapping[str, Any]:
        folder = f"{CODEBUILD}{uuid.uuid4().hex}"
        request, answer = f"{folder}/request.json", f"{folder}/answer.json"
        self._store.write_text(request, json.dumps(event))
        try:
            self._run(request, answer)
            text = self._store.read_text(answer)
        finally:
            for key in (request, answer):
                self._store.remove(key)
        if text is None:
            raise CodeBuildFailed(
                build=self._project.name, status="SUCCEEDED", detail="it left no answer in the archive bucket", link=""
            )
        reply = json.loads(text)
        if "error" in reply:
            raise error_from_mapping(reply["error"])
        result: Mapping[str, Any] = reply["result"]
        return result

    def _run(self, request: str, answer: str) -> None:
        try:
            build = self._patient(
                self._builds.start_build,
                projectName=self._project.name,
                idempotencyToken=uuid.uuid4().hex,
                environmentVariablesOverride=[
                    {"name": "REQUEST", "value": request, "type": "PLAINTEXT"},
                    {"name": "ANSWER", "value": answer, "type": "PLAINTEXT"},
                ],
            )["build"]
            build = self._until_done(self._look_at, build["id"])
        except ClientError as error:
            self._raise_refusal(error)
        match build["buildStatus"]:
            case "SUCCEEDED":
                return
            case "TIMED_OUT":
                raise self._late(build)
            case status:
                raise CodeBuildFailed(
                    build=build["id"], status=status, detail=self._explained(build), link=_link(build)
                )

    def _look_at(self, identifier: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._builds.batch_get_builds(ids=[identifier])["builds"][0]
        return found

    def _stop_late_build(self, state: tenacity.RetryCallState) -> NoReturn:
        build = state.outcome.result() if state.outcome else {}
        self._builds.stop_build(id=build["id"])
        raise self._late(build)

    def _late(self, build: Mapping[str, Any]) -> CodeBuildTimedOut:
        return CodeBuildTimedOut(build=build["id"], timeout_seconds=self._project.timeout_seconds, link=_link(build))

    def _explained(self, build: Mapping[str, Any]) -> str:
        """Return the messages of failed phases, and the end of the log."""
        lines = [
            f"{phase['phaseType']}: {context['message']}"
            for phase in build.get("phases", ())
            for context in phase.get("contexts", ())
            if context.get("message")
        ]
        logs = build.get("logs", {})
        if logs.get("groupName") and logs.get("streamName"):
            try:
                events = self._client("logs").get_log_events(
                    logGroupName=logs["groupName"], logStreamName=logs["streamName"], limit=_LOG_LINES
                )["events"]
            except ClientError as error:
                lines.append(f"its log cannot be read: {error}")
            else:
                lines += [event["message"].rstrip() for event in events]
        return "\n".join(lines) or "CodeBuild gives no details"

    def _raise_refusal(self, error: ClientError) -> NoReturn:
        if is_denied(error):
            raise BuilderNotPermitted(action=f"codebuild:{error.operation_name}", detail=str(error)) from error
        if code_of(error) == "ResourceNotFoundException":
            raise CodeBuildMissing(project=self._project.name) from error
        raise CodeBuildFailed(build=self._project.name, status="refused", detail=str(error), link="") from error


def _is_busy(error: BaseException) -> bool:
    return isinstance(error, ClientError) and code_of(error) in _BUSY


def _link(build: Mapping[str, Any]) -> str:
    return str(build.get("logs", {}).get("deepLink", ""))
