"""LambdaBuilder: asks the builder function.

The call is synchronous, with a read time-out above the function's own, and is never repeated by the SDK: botocore
counts a lost answer as a reason to start a second build (botocore, ``retries/standard.py``). We ask again ourselves
where that is safe: requests are idempotent, and a finished build is answered from the archive bucket.
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
_FRESH_ROLE_SECONDS = 60
_READ_TIMEOUT_MARGIN_SECONDS = 10
_ASK_AGAIN = ("TooManyRequestsException", "ServiceException", "EC2ThrottledException", "ResourceConflictException")
_BILLED = re.compile(r'Billed Duration: (\d+) ms|"billedDurationMs":\s*(\d+)')  # as text, and as JSON


@dataclass(frozen=True, kw_only=True)
class BuilderFunction:
    """The deployed builder function, and the limits that it was given."""

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
        """Read what a dynamic resource got; Pulumi hands numbers over as floats."""
        return cls(
            arn=mapping["arn"],
            timeout_seconds=int(mapping["timeout_seconds"]),
            memory_mb=int(mapping["memory_mb"]),
            architecture=mapping["architecture"],
        )

    def cost_usd(self, billed_seconds: float) -> float:
        """Return the list price of running for some seconds (AWS: "Lambda pricing", first tier)."""
        return self.memory_mb / 1024 * billed_seconds * _USD_PER_GB_SECOND[self.architecture] + _USD_PER_REQUEST


def _refused_for_now(error: BaseException) -> bool:
    return isinstance(error, BuilderNotPermitted)


def _safe_to_ask_again(error: BaseException) -> bool:
    if isinstance(error, ClientError):
        return error.response["Error"]["Code"] in _ASK_AGAIN
    return isinstance(error, ConnectionClosedError)


class LambdaBuilder:
    """Asks the builder function. See :class:`components.hosts.builders.Builder`.

    :param client: makes a boto3 Lambda client of the function's region from a ``Config``.
    :param is_first: whether this may be the first use of a fresh role. AWS needs some seconds until a new role or
        policy holds everywhere (IAM User Guide, "Changes that I make are not always immediately visible"),
        so a first use waits up to a minute before it reports a denial.
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
            retry=tenacity.retry_if_exception(_refused_for_now),
            wait=tenacity.wait_exponential(multiplier=1, max=8),
            stop=tenacity.stop_before_delay(_FRESH_ROLE_SECONDS) if is_first else tenacity.stop_after_attempt(1),
            sleep=sleep,
            reraise=True,
        )
        self._disturbed = tenacity.Retrying(
            retry=tenacity.retry_if_exception(_safe_to_ask_again),
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
        """See :meth:`Builder.build`. What AWS billed for this answer is among the ``seconds``, as ``billed``."""
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
