"""``aws:lambda/function:Function``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_aws.provider import wire
from local_aws.provider.errors import Problem, aws_code, created, doing
from local_aws.provider.resources import lambda_code, naming, rules, tagging
from local_aws.provider.resources.function_settings import (
    CODE,
    SETTINGS,
    creation_arguments,
    state_of,
    update_arguments,
)
from local_aws.provider.resources.handler import AutoName, ResourceHandler, Traits

if TYPE_CHECKING:
    from collections.abc import Iterator, Set
    from typing import Literal

    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_lambda.type_defs import WaiterConfigTypeDef

    from local_aws.provider.session import Aws
    from local_aws.provider.wire import Props

_PROPAGATION_SECONDS = 300.0
"""How long a new role may stay unusable: five minutes, as in terraform-provider-aws."""

_PASSING_REASONS = (
    "The role defined for the function cannot be assumed by Lambda",
    "The provided execution role does not have permissions",
    "throttled by EC2",
    "Lambda was unable to configure access to your environment variables because the KMS key is invalid",
)

_LOGGING_CHOICES = {
    "applicationLogLevel": "ApplicationLogLevel",
    "logFormat": "LogFormat",
    "systemLogLevel": "SystemLogLevel",
}

_PUBLISHED = frozenset({"qualifiedArn", "qualifiedInvokeArn", "version"})


class Function(ResourceHandler):
    """A function from a zip archive."""

    traits = Traits(
        module="lambda_.function",
        name="Function",
        supported={
            "name",
            "packageType",
            "publish",
            "region",
            "reservedConcurrentExecutions",
            "skipDestroy",
            "tags",
            *SETTINGS,
            *CODE,
        },
        replaces_on={"name", "packageType", "region"},
        computed={
            "architectures",
            "codeSha256",
            "ephemeralStorage",
            "ephemeralStorage.size",
            "loggingConfig",
            "loggingConfig.logGroup",
            "sourceCodeHash",
            "tracingConfig",
        },
        defaults={
            "memorySize": 128,
            "packageType": "Zip",
            "publish": False,
            "reservedConcurrentExecutions": -1,
            "skipDestroy": False,
            "timeout": 3,
        },
        auto_name=AutoName(property="name", maximum_length=64),
    )

    def check(self, inputs: Props) -> Iterator[Problem]:
        """Yield what Lambda refuses (Lambda API reference, CreateFunction; terraform-provider-aws's schema)."""
        yield from lambda_code.check_source(inputs)
        if inputs.get("packageType") != "Zip":
            yield Problem("packageType", "only Zip is supported by this stand-in: the embedded AWS runs no images")
        for name in ("handler", "runtime"):
            if not inputs.get(name):
                yield Problem(name, "handler and runtime must be set when PackageType is Zip")
        yield from rules.has_length(inputs, "name", 1, 64)
        yield from rules.matches(
            inputs, "name", r"[a-zA-Z0-9-_]*", "is no function name: letters, digits, - and _ only"
        )
        yield from rules.has_length(inputs, "description", 0, 256)
        yield from rules.has_length(inputs, "handler", 1, 128)
        yield from rules.is_between(inputs, "memorySize", 128, 10240)
        yield from rules.is_between(inputs, "timeout", 1, 900)
        yield from rules.is_between(inputs, "reservedConcurrentExecutions", -1, 2**31 - 1)
        yield from rules.is_one_of(inputs, "runtime", rules.enumeration("lambda", "Runtime"))
        yield from rules.has_items(inputs, "architectures", 1)
        yield from rules.is_one_of(inputs, "architectures", rules.enumeration("lambda", "Architecture"))
        yield from rules.has_items(inputs, "layers", 5)
        for name in ("layers", "role", "kmsKeyArn"):
            yield from rules.is_arn(inputs, name)
        storage = rules.is_between(wire.block(inputs, "ephemeralStorage"), "size", 512, 10240)
        yield from rules.within("ephemeralStorage", storage)
        logging = wire.block(inputs, "loggingConfig")
        for name, shape in _LOGGING_CHOICES.items():
            choices = ("", *rules.enumeration("lambda", shape))
            yield from rules.within("loggingConfig", rules.is_one_of(logging, name, choices))
        tracing = wire.block(inputs, "tracingConfig")
        modes = rules.enumeration("lambda", "TracingMode")
        yield from rules.within("tracingConfig", rules.is_one_of(tracing, "mode", modes))

    def recomputed(self, changed: Set[str], inputs: Props) -> Set[str]:
        """Return the outputs that change with new code or a new version."""
        outputs = {"lastModified"} if changed & CODE else set[str]()
        if wire.flag(inputs, "publish") and changed & (CODE | SETTINGS | {"publish"}):
            outputs |= _PUBLISHED
        return outputs

    def create(self, aws: Aws, inputs: Props) -> str:
        """Create the function and wait until it can be invoked."""
        name = wire.text(inputs, "name")
        client = aws.functions(naming.region_of(aws, inputs))
        arguments = creation_arguments(inputs, lambda_code.source(inputs), tagging.wanted_tags(aws, inputs))
        with doing(f"creating Lambda Function ({name})"):
            aws.retried(lambda: client.create_function(**arguments), _passes, _PROPAGATION_SECONDS)
        with created(name):
            self._wait(aws, client, name, "function_active_v2", "create")
            self._put_concurrency(client, name, inputs)
        return name

    def read(self, aws: Aws, identifier: str, known: Props) -> Props | None:
        """Return the function."""
        region = naming.region_of(aws, known)
        client = aws.functions(region)
        with doing(f"reading Lambda Function ({identifier})"):
            try:
                found = client.get_function(FunctionName=identifier)
            except client.exceptions.ResourceNotFoundException:
                return None
            pages = client.get_paginator("list_versions_by_function").paginate(FunctionName=identifier)
            latest = [version for page in pages for version in page["Versions"]][-1]
        invocations = f"arn:{aws.partition}:apigateway:{region}:lambda:path"
        arn, qualified_arn = found["Configuration"]["FunctionArn"], latest["FunctionArn"]
        return {
            **state_of(found["Configuration"], known),
            "invokeArn": f"{invocations}/2015-03-31/functions/{arn}/invocations",
            "qualifiedArn": qualified_arn,
            "qualifiedInvokeArn": f"{invocations}/2015-03-31/functions/{qualified_arn}/invocations",
            "region": region,
            "reservedConcurrentExecutions": found.get("Concurrency", {}).get("ReservedConcurrentExecutions", -1),
            "responseStreamingInvokeArn": f"{invocations}/2021-11-15/functions/{arn}/response-streaming-invocations",
            "sourceCodeHash": lambda_code.source_code_hash(known),
            "version": latest["Version"],
            **tagging.tag_outputs(aws, found.get("Tags", {}), known),
        }

    def update(self, aws: Aws, identifier: str, inputs: Props, changed: Set[str]) -> None:
        """Change the configuration, then the code, then publish. Wait after each step."""
        client = aws.functions(naming.region_of(aws, inputs))
        self._finish_creation(aws, client, identifier, is_changed=bool(changed & (CODE | SETTINGS)))
        if changed & SETTINGS:
            arguments = update_arguments(identifier, inputs, changed)
            with doing(f"updating Lambda Function ({identifier}) configuration"):
                aws.retried(lambda: client.update_function_configuration(**arguments), _passes, _PROPAGATION_SECONDS)
            self._wait(aws, client, identifier, "function_updated_v2", "configuration update")
        if changed & CODE:
            self._update_code(aws, client, identifier, inputs)
        if "reservedConcurrentExecutions" in changed:
            self._put_concurrency(client, identifier, inputs, is_update=True)
        if "tags" in changed:
            self._put_tags(aws, client, identifier, inputs)
        if wire.flag(inputs, "publish") and changed & (CODE | SETTINGS | {"publish"}):
            with doing(f"publishing Lambda Function ({identifier}) version"):
                client.publish_version(FunctionName=identifier)

    def delete(self, aws: Aws, identifier: str, known: Props) -> None:
        """Delete the function with all its versions, unless the program keeps it."""
        if wire.flag(known, "skipDestroy"):
            return
        client = aws.functions(naming.region_of(aws, known))
        with doing(f"deleting Lambda Function ({identifier})"):
            try:
                client.delete_function(FunctionName=identifier)
            except client.exceptions.ResourceNotFoundException:
                return

    def _finish_creation(self, aws: Aws, client: LambdaClient, name: str, *, is_changed: bool) -> None:
        """Wait for a function that is being created. Report one that failed, unless the change may repair it."""
        with doing(f"reading Lambda Function ({name})"):
            state = client.get_function_configuration(FunctionName=name).get("State")
        if state == "Pending" or (state == "Failed" and not is_changed):
            self._wait(aws, client, name, "function_active_v2", "create")

    def _update_code(self, aws: Aws, client: LambdaClient, name: str, inputs: Props) -> None:
        arguments = lambda_code.source(inputs)
        if inputs.get("architectures"):
            arguments["Architectures"] = wire.texts(inputs, "architectures")
        with doing(f"updating Lambda Function ({name}) code"):
            client.update_function_code(FunctionName=name, **arguments)
        self._wait(aws, client, name, "function_updated_v2", "code update")

    def _wait(
        self,
        aws: Aws,
        client: LambdaClient,
        name: str,
        waiter: Literal["function_active_v2", "function_updated_v2"],
        step: str,
    ) -> None:
        attempts: WaiterConfigTypeDef = {"Delay": 1, "MaxAttempts": max(1, round(aws.timeout_seconds))}
        with doing(f"waiting for Lambda Function ({name}) {step}"):
            client.get_waiter(waiter).wait(FunctionName=name, WaiterConfig=attempts)

    def _put_concurrency(self, client: LambdaClient, name: str, inputs: Props, *, is_update: bool = False) -> None:
        reserved = wire.number(inputs, "reservedConcurrentExecutions", default=-1)
        with doing(f"setting Lambda Function ({name}) concurrency"):
            if reserved >= 0:
                client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=reserved)
            elif is_update:
                client.delete_function_concurrency(FunctionName=name)

    def _put_tags(self, aws: Aws, client: LambdaClient, name: str, inputs: Props) -> None:
        wanted = tagging.wanted_tags(aws, inputs)
        with doing(f"updating Lambda Function ({name}) tags"):
            found = client.get_function(FunctionName=name)
            arn, stale = found["Configuration"]["FunctionArn"], tagging.stale_tags(found.get("Tags", {}), wanted)
            if stale:
                client.untag_resource(Resource=arn, TagKeys=stale)
            if wanted:
                client.tag_resource(Resource=arn, Tags=wanted)


def _passes(error: Exception) -> bool:
    """Return whether an error of Lambda is temporary: a change in IAM takes time to be known everywhere."""
    code, text = aws_code(error), str(error)
    if code == "ResourceConflictException":
        return "already exist" not in text  # otherwise, an update is in progress
    return code == "InvalidParameterValueException" and any(reason in text for reason in _PASSING_REASONS)
