"""Builds wheels in a separate function, whose role may only write its log.

The function reads the sdist and writes the wheel by presigned URLs of one object each. So the code of a package never
runs where there are credentials for anything else.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, ReadTimeoutError

from builder_lambda.contract.aws_errors import is_denied
from builder_lambda.contract.store_keys import sdist_key
from builder_lambda.errors.builder_function import BuilderCrashed, BuilderNotPermitted, BuilderTimedOut
from builder_lambda.sdists.answers import built_wheel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from builder_lambda.archive.mapped_memory import WheelBytes
    from builder_lambda.ports.source_build import BuiltWheel, SourceDistribution
    from builder_lambda.stores.s3 import S3Archives

_TIMED_OUT = re.compile(r"Task timed out after (\d+)")


class LambdaWheelBuilder:
    """See :class:`~builder_lambda.ports.ports.WheelBuilder`."""

    def __init__(self, *, function_arn: str, client: Callable[[], Any], store: S3Archives) -> None:
        """Ask the function ``function_arn``.

        :param client: makes a boto3 client of Lambda that waits as long as a function may run, and never retries.
        :param store: holds the sdists and wheels that the function may read and write.
        """
        self._function_arn = function_arn
        self._client = client
        self._store = store

    def build(self, source: SourceDistribution, content: WheelBytes) -> BuiltWheel:
        """See :class:`~builder_lambda.ports.ports.WheelBuilder`.

        :raises BuilderNotPermitted: if the function may not be invoked.
        :raises BuilderTimedOut: if it runs out of time.
        :raises BuilderCrashed: if it ends without an answer.
        """
        sdist, wheel = sdist_key(source.sha256, source.filename), f"{source.place}.unchecked"
        self._store.write_bytes(sdist, bytes(content))
        event = {
            "source": source.to_mapping(),
            "sdist_url": self._store.presigned_get(sdist),
            "wheel_url": self._store.presigned_put(wheel),
        }
        return built_wheel(self._ask(event), lambda: self._store.read_bytes(wheel), builder=self._name)

    @property
    def _name(self) -> str:
        return self._function_arn.split(":")[6]

    def _ask(self, event: Mapping[str, object]) -> object:
        try:
            answer = self._client().invoke(FunctionName=self._function_arn, Payload=json.dumps(event).encode())
        except ClientError as error:
            if is_denied(error):
                raise BuilderNotPermitted(action="lambda:InvokeFunction", detail=str(error)) from error
            raise
        except ReadTimeoutError as error:
            raise BuilderCrashed(function=self._name, detail=str(error)) from error
        reply = json.loads(answer["Payload"].read() or b"{}")
        if "FunctionError" not in answer:
            return reply
        message = str(reply.get("errorMessage", ""))
        if timed_out := _TIMED_OUT.search(message):
            raise BuilderTimedOut(function=self._name, timeout_seconds=int(timed_out[1]))
        raise BuilderCrashed(function=self._name, detail=f"{reply.get('errorType', '')}: {message}")
