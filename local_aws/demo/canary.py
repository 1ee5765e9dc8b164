"""Run a canary: a function with one layer version that imports every distribution of the layer."""

import contextlib
import io
import json
import time
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import boto3
from botocore.config import Config

from local_aws.environments.interpreters import machine_architecture
from local_aws.processes.emulator_process import Emulator
from local_aws.pulumi_engine.environment import SECRET_KEY
from local_aws.pulumi_engine.stack_config import DEFAULT_ACCOUNT

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_lambda.literals import ArchitectureType, RuntimeType

MEMORY_MB = 2048
TIMEOUT_SECONDS = 120
_HANDLER_SOURCE = Path(__file__).with_name("canary_function.py")
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


@dataclass(frozen=True, kw_only=True)
class ImportCheck:
    """The result of importing one distribution."""

    name: str
    version: str
    modules: tuple[str, ...]
    """The imported modules; empty for a distribution without modules, such as type stubs."""
    error: str | None


@dataclass(frozen=True, kw_only=True)
class CanaryResult:
    """The result of the canary of one layer version."""

    layer_version_arn: str
    runtime: str
    architecture: str
    status: Literal["passed", "failed", "not-run"]
    checks: tuple[ImportCheck, ...] = ()
    reason: str | None = None
    """Why it did not run, or how the function failed."""

    def __str__(self) -> str:
        """Return one line, or one line for each problem."""
        if self.status == "not-run":
            return f"not run: {self.reason}"
        if self.status == "passed":
            return f"imports {len(self.checks)} of {len(self.checks)}"
        problems = [f"{check.name} {check.version}: {check.error}" for check in self.checks if check.error]
        return "\n".join(([self.reason] if self.reason else []) + problems)


def run_canary(
    emulator: Emulator,
    layer_version_arn: str,
    *,
    runtime: str,
    architecture: str,
    account: str = DEFAULT_ACCOUNT,
) -> CanaryResult:
    """Import all distributions of a layer version in a function of its region.

    The function, its log and its role are deleted before this returns.

    :param account: the account of the function. Another account than the layer's shows that the layer is shared.
    :raises botocore.exceptions.ClientError: if AWS refuses, for example if the account may not use the layer.
    """
    result = partial(CanaryResult, layer_version_arn=layer_version_arn, runtime=runtime, architecture=architecture)
    if architecture != machine_architecture():
        return result(status="not-run", reason=f"this machine is {machine_architecture()}")
    if runtime not in emulator.runtimes:
        return result(status="not-run", reason=f"this machine has no {runtime}")
    region = layer_version_arn.split(":")[3]
    with _function(
        emulator, layer_version_arn, region=region, runtime=runtime, architecture=architecture, account=account
    ) as (functions, name):
        answer = functions.invoke(FunctionName=name)
        reply: dict[str, Any] = json.loads(answer["Payload"].read())
    if answer.get("FunctionError"):
        return result(status="failed", reason=f"{reply['errorType']}: {reply['errorMessage']}")
    checks = tuple(
        ImportCheck(name=name, version=found["version"], modules=tuple(found["modules"]), error=found["error"])
        for name, found in sorted(reply.items())
    )
    if not checks:
        return result(status="failed", reason="the layer has no distribution")
    failed = any(check.error for check in checks)
    return result(status="failed" if failed else "passed", checks=checks)


@contextmanager
def _function(
    emulator: Emulator,
    layer_version_arn: str,
    *,
    region: str,
    runtime: str,
    architecture: str,
    account: str,
) -> Iterator[tuple["LambdaClient", str]]:
    session = boto3.Session(aws_access_key_id=account, aws_secret_access_key=SECRET_KEY, region_name=region)
    patient = Config(read_timeout=TIMEOUT_SECONDS + 60, retries={"total_max_attempts": 1})
    functions = session.client("lambda", endpoint_url=emulator.endpoint, config=patient)
    roles = session.client("iam", endpoint_url=emulator.endpoint)
    logs = session.client("logs", endpoint_url=emulator.endpoint)
    name = f"canary-{uuid.uuid4().hex[:12]}"
    role = roles.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(_TRUST))["Role"]["Arn"]
    try:
        functions.create_function(
            FunctionName=name,
            # The emulator checks both values, as AWS does.
            Runtime=cast("RuntimeType", runtime),
            Architectures=[cast("ArchitectureType", architecture)],
            Handler=f"{_HANDLER_SOURCE.stem}.handler",
            Role=role,
            Code={"ZipFile": _code()},
            Layers=[layer_version_arn],
            MemorySize=MEMORY_MB,
            Timeout=TIMEOUT_SECONDS,
        )
        try:
            _wait_until_active(functions, name)
            yield functions, name
        finally:
            functions.delete_function(FunctionName=name)
            with contextlib.suppress(logs.exceptions.ResourceNotFoundException):
                logs.delete_log_group(logGroupName=f"/aws/lambda/{name}")
    finally:
        roles.delete_role(RoleName=name)


def _wait_until_active(functions: "LambdaClient", name: str) -> None:
    """Wait until the function can be invoked. boto3's waiter would sleep for a second between its requests."""
    while functions.get_function_configuration(FunctionName=name).get("State") == "Pending":
        time.sleep(0.02)


def _code() -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.write(_HANDLER_SOURCE, _HANDLER_SOURCE.name)
    return archive.getvalue()
