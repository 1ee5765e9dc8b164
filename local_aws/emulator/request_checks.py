"""Check requests as Lambda does. ministack omits these checks.

Enumerations, patterns and sizes come from AWS's service model, which botocore has but does not enforce. The few other
rules come from the Lambda API reference, which is named at each of them.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import botocore.session
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

MAX_REQUEST_BYTES = 70_167_211
MAX_PAYLOAD_BYTES = 6 * 1024 * 1024
MAX_ENVIRONMENT_BYTES = 4096
RANGES = {"Timeout": (1, 900), "MemorySize": (128, 10_240), "EphemeralStorage.Size": (512, 10_240)}
RESERVED_VARIABLES = frozenset(
    {
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
        "_HANDLER",
    }
)


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """An error response of the service."""

    code: str
    message: str
    status: int = 400


def refusal(method: str, path: str, body: bytes) -> Refusal | None:
    """Return the error with which Lambda rejects this request, or None if it accepts the request."""
    if method == "POST" and path.rstrip("/").endswith("/invocations"):
        return _invocation_refusal(body)
    found = _operation(method, path)
    if found is None:
        return None
    operation, from_path = found
    if len(body) > MAX_REQUEST_BYTES:
        message = f"Request must be smaller than {MAX_REQUEST_BYTES} bytes for the {operation.name} operation"
        return Refusal(code="RequestEntityTooLargeException", message=message, status=413)
    try:
        params = {**(json.loads(body) if body else {}), **from_path}
    except ValueError:
        return None  # ministack reports invalid JSON itself
    problems = [*violations(operation.input_shape, params), *_out_of_range(params)] if operation.input_shape else []
    if problems:
        message = f"{len(problems)} validation error{'s' * (len(problems) > 1)} detected: {'; '.join(problems)}"
        return Refusal(code="ValidationException", message=message)
    return _variables_refusal((params.get("Environment") or {}).get("Variables") or {})


def violations(shape: Shape, value: object, path: str = "") -> Iterator[str]:
    """Yield AWS's message for every constraint of the service model that `value` breaks."""
    if isinstance(shape, StructureShape) and isinstance(value, Mapping):
        for name, member in shape.members.items():
            if value.get(name) is not None:
                yield from violations(member, value[name], f"{path}.{name}" if path else _lower_first(name))
    elif isinstance(shape, MapShape) and isinstance(value, Mapping):
        for key, entry in value.items():
            yield from violations(shape.key, key, f"{path}.key")
            yield from violations(shape.value, entry, f"{path}.{key}")
    elif isinstance(shape, ListShape) and isinstance(value, list):
        yield from _too_long(shape, value, path)
        for index, entry in enumerate(value, start=1):
            yield from violations(shape.member, entry, f"{path}.{index}.member")
    elif isinstance(value, str):
        yield from _text_violations(shape, value, path)
    elif isinstance(value, (int, float)) and value > shape.metadata.get("max", value):
        yield _failed(value, path, f"Member must have value less than or equal to {shape.metadata['max']}")


def _text_violations(shape: Shape, value: str, path: str) -> Iterator[str]:
    if (allowed := shape.metadata.get("enum")) and value not in allowed:
        yield _failed(value, path, f"Member must satisfy enum value set: [{', '.join(allowed)}]")
    yield from _too_long(shape, value, path)
    if pattern := shape.metadata.get("pattern"):
        try:
            fits = re.fullmatch(pattern, value) is not None
        except re.error:  # a few patterns are not valid in Python
            fits = True
        if not fits:
            yield _failed(value, path, f"Member must satisfy regular expression pattern: {pattern}")


def _too_long(shape: Shape, value: str | list[Any], path: str) -> Iterator[str]:
    if len(value) > shape.metadata.get("max", len(value)):
        yield _failed(value, path, f"Member must have length less than or equal to {shape.metadata['max']}")


def _failed(value: object, path: str, constraint: str) -> str:
    return f"Value '{value}' at '{path}' failed to satisfy constraint: {constraint}"


def _lower_first(name: str) -> str:
    return name[:1].lower() + name[1:]


def _out_of_range(params: Mapping[str, Any]) -> Iterator[str]:
    """Yield values outside the ranges of the API reference (CreateFunction). The model has only some of these."""
    for name, (least, most) in RANGES.items():
        outer, _, inner = name.partition(".")
        value = params.get(outer)
        value = value.get(inner) if inner and isinstance(value, Mapping) else value
        if isinstance(value, int) and not least <= value <= most:
            path = ".".join(_lower_first(part) for part in name.split("."))
            yield _failed(value, path, f"Member must have value between {least} and {most}")


def _invocation_refusal(body: bytes) -> Refusal | None:
    if len(body) > MAX_PAYLOAD_BYTES:
        message = (
            f"{len(body)} byte payload is too large for the RequestResponse invocation type "
            f"(limit {MAX_PAYLOAD_BYTES} bytes)"
        )
        return Refusal(code="RequestTooLargeException", message=message, status=413)
    try:
        json.loads(body or b"{}")
    except ValueError as error:
        message = f"Could not parse request body into json: {error}"
        return Refusal(code="InvalidRequestContentException", message=message)
    return None


def _variables_refusal(variables: Mapping[str, str]) -> Refusal | None:
    unable = (
        "Lambda was unable to configure your environment variables because the environment variables you have provided"
    )
    if reserved := sorted(RESERVED_VARIABLES & set(variables)):
        message = (
            f"{unable} contains reserved keys that are currently not supported for modification. "
            f"Reserved keys used in this request: {', '.join(reserved)}"
        )
        return Refusal(code="InvalidParameterValueException", message=message)
    if len(json.dumps(variables)) > MAX_ENVIRONMENT_BYTES:
        return Refusal(code="InvalidParameterValueException", message=f"{unable} exceeded the 4KB limit.")
    return None


def _operation(method: str, path: str) -> tuple[OperationModel, dict[str, str]] | None:
    for verb, pattern, operation in _operations():
        if verb == method and (hit := pattern.fullmatch(path)):
            return operation, {name: unquote(value) for name, value in hit.groupdict().items()}
    return None


_OPERATIONS: list[tuple[str, re.Pattern[str], OperationModel]] = []


def _operations() -> list[tuple[str, re.Pattern[str], OperationModel]]:
    """Return Lambda's operations with their method and path. They are read from the model at first use."""
    if not _OPERATIONS:
        model = botocore.session.Session().get_service_model("lambda")
        for name in model.operation_names:
            operation = model.operation_model(name)
            uri = operation.http["requestUri"].split("?")[0].rstrip("/")
            pattern = re.sub(r"\{(\w+)\+?\}", r"(?P<\1>[^/]+)", uri)
            _OPERATIONS.append((operation.http["method"], re.compile(f"{pattern}/?"), operation))
    return _OPERATIONS
