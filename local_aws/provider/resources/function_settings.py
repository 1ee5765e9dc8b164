"""Convert the settings of a function between the names of Lambda and of ``pulumi_aws``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_aws.provider import wire
from local_aws.provider.resources import lambda_code

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Set
    from typing import Any

    from mypy_boto3_lambda.type_defs import FunctionConfigurationTypeDef

    from local_aws.provider.wire import Props

CODE = frozenset({"architectures", "codeSha256", *lambda_code.SOURCES})
"""The inputs whose change uploads the code again."""


def _environment(inputs: Props) -> dict[str, Any]:
    return {"Variables": wire.text_map(wire.block(inputs, "environment"), "variables")}


def _logging(inputs: Props) -> dict[str, Any]:
    config = wire.block(inputs, "loggingConfig")
    named = {"LogFormat": wire.text(config, "logFormat") or "Text"}
    for ours, theirs in (
        ("applicationLogLevel", "ApplicationLogLevel"),
        ("logGroup", "LogGroup"),
        ("systemLogLevel", "SystemLogLevel"),
    ):
        # Lambda refuses log levels for plain text
        if config.get(ours) and (ours == "logGroup" or named["LogFormat"] == "JSON"):
            named[theirs] = wire.text(config, ours)
    return named


_WRITERS: Mapping[str, tuple[str, Callable[[Props], Any]]] = {
    "deadLetterConfig": (
        "DeadLetterConfig",
        lambda inputs: {"TargetArn": wire.text(wire.block(inputs, "deadLetterConfig"), "targetArn")},
    ),
    "description": ("Description", lambda inputs: wire.text(inputs, "description")),
    "environment": ("Environment", _environment),
    "ephemeralStorage": (
        "EphemeralStorage",
        lambda inputs: {"Size": wire.number(wire.block(inputs, "ephemeralStorage"), "size", default=512)},
    ),
    "handler": ("Handler", lambda inputs: wire.text(inputs, "handler")),
    "kmsKeyArn": ("KMSKeyArn", lambda inputs: wire.text(inputs, "kmsKeyArn")),
    "layers": ("Layers", lambda inputs: wire.texts(inputs, "layers")),
    "loggingConfig": ("LoggingConfig", _logging),
    "memorySize": ("MemorySize", lambda inputs: wire.number(inputs, "memorySize")),
    "role": ("Role", lambda inputs: wire.text(inputs, "role")),
    "runtime": ("Runtime", lambda inputs: wire.text(inputs, "runtime")),
    "timeout": ("Timeout", lambda inputs: wire.number(inputs, "timeout")),
    "tracingConfig": (
        "TracingConfig",
        lambda inputs: {"Mode": wire.text(wire.block(inputs, "tracingConfig"), "mode") or "PassThrough"},
    ),
}

SETTINGS = frozenset(_WRITERS)
"""The inputs that belong to the configuration of a function."""


def creation_arguments(inputs: Props, code: Mapping[str, Any], tags: Mapping[str, str]) -> dict[str, Any]:
    """Return the arguments of CreateFunction."""
    arguments: dict[str, Any] = {
        theirs: write(inputs) for ours, (theirs, write) in _WRITERS.items() if not wire.is_blank(inputs.get(ours))
    }
    arguments |= {
        "Code": code,
        "FunctionName": wire.text(inputs, "name"),
        "PackageType": wire.text(inputs, "packageType"),
        "Publish": wire.flag(inputs, "publish"),
    }
    if inputs.get("architectures"):
        arguments["Architectures"] = wire.texts(inputs, "architectures")
    if tags:
        arguments["Tags"] = tags
    return arguments


def update_arguments(name: str, inputs: Props, changed: Set[str]) -> dict[str, Any]:
    """Return the arguments of UpdateFunctionConfiguration: only what changed."""
    arguments = {theirs: write(inputs) for ours, (theirs, write) in _WRITERS.items() if ours in changed}
    if "KMSKeyArn" in arguments:
        arguments["Environment"] = _environment(inputs)  # with a new key, Lambda needs the variables again
    return {"FunctionName": name, **arguments}


def state_of(found: FunctionConfigurationTypeDef, known: Props) -> Props:
    """Return a function's configuration as properties."""
    return {
        "architectures": [*found.get("Architectures", ["x86_64"])],
        "arn": found["FunctionArn"],
        "codeSha256": found["CodeSha256"],
        "deadLetterConfig": _block("targetArn", found.get("DeadLetterConfig", {}).get("TargetArn")),
        "description": found.get("Description", ""),
        "environment": _environment_of(found, known),
        "ephemeralStorage": {"size": found.get("EphemeralStorage", {}).get("Size", 512)},
        "handler": found.get("Handler", ""),
        "kmsKeyArn": found.get("KMSKeyArn", ""),
        "lastModified": found["LastModified"],
        "layers": [layer["Arn"] for layer in found.get("Layers", [])],
        "loggingConfig": _logging_of(found, known),
        "memorySize": found["MemorySize"],
        "name": found["FunctionName"],
        "packageType": found.get("PackageType", "Zip"),
        "role": found["Role"],
        "runtime": found.get("Runtime", ""),
        "signingJobArn": found.get("SigningJobArn", ""),
        "signingProfileVersionArn": found.get("SigningProfileVersionArn", ""),
        "sourceCodeSize": found["CodeSize"],
        "timeout": found["Timeout"],
        "tracingConfig": {"mode": found.get("TracingConfig", {}).get("Mode", "PassThrough")},
    }


def _block(name: str, value: str | None) -> Props | None:
    return {name: value} if value else None


def _environment_of(found: FunctionConfigurationTypeDef, known: Props) -> Props | None:
    variables = found.get("Environment", {}).get("Variables", {})
    # an empty block in the program is not drift
    return {"variables": {**variables}} if variables or "environment" in known else None


def _logging_of(found: FunctionConfigurationTypeDef, known: Props) -> Props:
    config = found.get("LoggingConfig", {})
    given = wire.block(known, "loggingConfig")
    described: Props = {
        "logFormat": config.get("LogFormat", "Text"),
        "logGroup": config.get("LogGroup", f"/aws/lambda/{found['FunctionName']}"),
    }
    for ours, level in (
        ("applicationLogLevel", config.get("ApplicationLogLevel")),
        ("systemLogLevel", config.get("SystemLogLevel")),
    ):
        # Lambda sets the levels that the program does not give
        if level and (given.get(ours) or not given):
            described[ours] = level
    return described
