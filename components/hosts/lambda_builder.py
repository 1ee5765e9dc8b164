"""LambdaBuilder: builds in the builder function.

The call is synchronous, with a read timeout above that of the function. The SDK never repeats it, because botocore
would start a second build after a lost answer (botocore, ``retries/standard.py``). This module repeats calls where that
is safe: requests are idempotent, and a finished build is answered from the archive bucket.
"""

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NoReturn

import tenacity
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError, ReadTimeoutError

from builder_lambda.contract.aws_errors import code_of, is_denied
from builder_lambda.contract.request import BuildRequest, BuildResult, ResolveRequest, ResolveResult
from builder_lambda.errors.builder_function import (
    BuilderCrashed,
    BuilderMissing,
    BuilderNotPermitted,
    BuilderOutOfMemory,
    BuilderTimedOut,
)
from builder_lambda.errors.wire import error_from_mapping

_USD_PER_GB_SECOND = {"x86_64": 0.0000166667, "arm64": 0.0000133334}
_USD_PER_REQUEST = 0.0000002
_NEW_ROLE_SECONDS = 60
_READ_TIMEOUT_MARGIN_SECONDS = 10
_REPEATABLE = ("TooManyRequestsException", "ServiceException", "EC2ThrottledException", "ResourceConflictException")
_BILLED = re.compile(r'Billed Duration: (\d+) ms|"billedDurationMs":\s*(\d+)')  # as text, and as JSON


@dataclass(frozen=True, kw_only=True)
class BuilderFunction:
    """The deployed builder function, and its limits."""

    arn: str
    timeout_seconds: int
    memory_mb: int
    architecture: str

    @property
    def name(self) -> str:
        """Name of the function, without a version."""
        return self.arn.split(":")[6]

    @property
    def region(self) -> str:
        """Region of the function."""
        return self.arn.split(":")[3]

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> "BuilderFunction":
        """Read the input of a dynamic resource. Pulumi passes numbers as floats."""
        return cls(
            arn=mapping["arn"],
            timeout_seconds=int(mapping["timeout_seconds"]),
            memory_mb=int(mapping["memory_mb"]),
            architecture=mapping["architecture"],
        )

    def cost_usd(self, billed_seconds: float) -> float:
        """Return the list price of a run (AWS: "Lambda pricing", first tier)."""
        return self.memory_mb / 1024 * billed_seconds * _USD_PER_GB_SECOND[self.architecture] + _USD_PER_REQUEST


def _is_denied(error: BaseException) -> bool:
    return isinstance(error, BuilderNotPermitted)


def _is_safe_to_repeat(error: BaseException) -> bool:
    if isinstance(error, ClientError):
        return error.response["Error"]["Code"] in _REPEATABLE
    return isinstance(error, ConnectionClosedError)


class LambdaBuilder:
    """Builds in the builder function. See :class:`components.hosts.builders.Builder`.

    :param client: makes a boto3 Lambda client of the function's region from a ``Config``.
    :param is_first: whether this may be the first use of a new role. A new role or policy takes some seconds to work
        everywhere (IAM User Guide, "Changes that I make are not always immediately visible"). So a first use waits up
        to a minute before it reports a denial.
    :param sleep: waits for some seconds.
    """

    def __init__(
        self,
        function: BuilderFunction,
        *,
        client: Callable[[Config], Any],
        is_first: bool,
        sleep: Callable[[float], None] = tenacity.nap.sleep,
    ) -> None:
        self._function = function
        self._client = client(
            Config(
                read_timeout=function.timeout_seconds + _READ_TIMEOUT_MARGIN_SECONDS,
                retries={"total_max_attempts": 1},
                tcp_keepalive=True,
            )
        )
        self._denied = tenacity.Retrying(
            retry=tenacity.retry_if_exception(_is_denied),
            wait=tenacity.wait_exponential(multiplier=1, max=8),
            stop=tenacity.stop_before_delay(_NEW_ROLE_SECONDS) if is_first else tenacity.stop_after_attempt(1),
            sleep=sleep,
            reraise=True,
        )
        self._disturbed = tenacity.Retrying(
            retry=tenacity.retry_if_exception(_is_safe_to_repeat),
            wait=tenacity.wait_random_exponential(multiplier=1, max=20),
            stop=tenacity.stop_after_attempt(6),
            sleep=sleep,
            reraise=True,
        )

    def resolve(self, request: ResolveRequest) -> ResolveResult:
        """See :meth:`Builder.resolve`."""
        result, _log = self._denied(self._ask, {"resolve": request.to_mapping()})
        return ResolveResult.from_mapping(result)

    def build(self, request: BuildRequest) -> BuildResult:
        """See :meth:`Builder.build`. The billed time is in ``seconds["billed"]``."""
        answer, log = self._denied(self._ask, {"build": request.to_mapping()})
        result = BuildResult.from_mapping(answer)
        if found := _BILLED.search(log):
            return replace(result, seconds={**result.seconds, "billed": int(found[1] or found[2]) / 1000})
        return result

    def _ask(self, event: Mapping[str, object]) -> tuple[Mapping[str, Any], str]:
        function = self._function
        try:
            answer = self._disturbed(
                self._client.invoke,
                FunctionName=function.arn,
                Payload=json.dumps(event).encode(),
                LogType="Tail",
            )
            payload = json.loads(answer["Payload"].read() or b"{}")
        except ReadTimeoutError as error:
            raise BuilderTimedOut(function=function.name, timeout_seconds=function.timeout_seconds) from error
        except (ConnectionClosedError, EndpointConnectionError) as error:
            raise BuilderCrashed(function=function.name, detail=f"the connection was lost: {error}") from error
        except ClientError as error:
            self._raise_refusal(error)
        log = base64.b64decode(answer.get("LogResult", "")).decode(errors="replace")
        if "FunctionError" in answer:
            self._raise_failure(payload, log)
        if "error" in payload:
            raise error_from_mapping(payload["error"])
        result: Mapping[str, Any] = payload["result"]
        return result, log

    def _raise_refusal(self, error: ClientError) -> NoReturn:
        if is_denied(error):
            raise BuilderNotPermitted(action="lambda:InvokeFunction", detail=str(error)) from error
        if code_of(error) == "ResourceNotFoundException":
            raise BuilderMissing(function=self._function.arn) from error
        raise BuilderCrashed(function=self._function.name, detail=str(error)) from error

    def _raise_failure(self, payload: Mapping[str, Any], log: str) -> NoReturn:
        function = self._function
        kind, message = str(payload.get("errorType", "")), str(payload.get("errorMessage", ""))
        if kind == "Sandbox.Timedout" or "Task timed out after" in message:
            raise BuilderTimedOut(function=function.name, timeout_seconds=function.timeout_seconds)
        if kind == "Runtime.OutOfMemory" or "signal: killed" in message:
            raise BuilderOutOfMemory(function=function.name, memory_mb=function.memory_mb)
        trace = "".join(payload.get("stackTrace") or [])
        raise BuilderCrashed(
            function=function.name,
            detail="\n".join(part.rstrip() for part in (f"{kind}: {message}", trace, log) if part.strip()),
        )
