"""BuilderFunctions: the host ``lambda``, one builder function per runtime with their role and logs."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from ..hosts.archive_keys import PREFIX
from . import policies
from .function_args import BuilderFunctionsArgs
from .source_functions import SourceFunctions

_HANDLER = "builder_lambda.hosts.handler.handler"


class BuilderFunctions:
    """The builder functions. Their resources are children of the component that has them."""

    by_runtime: Mapping[str, aws.lambda_.Function]

    def __init__(self, name: str, args: BuilderFunctionsArgs, parent: pulumi.Resource) -> None:
        """Register role, log groups and functions.

        :param name: of the component, from which theirs are made.
        """
        child = pulumi.ResourceOptions(parent=parent)
        self._args = args
        logs = args.logs(name, child)
        role = aws.iam.Role(f"{name}-role", assume_role_policy=policies.lambda_may_assume(), opts=child)
        permissions = aws.iam.RolePolicy(
            f"{name}-role-permissions",
            role=role.name,
            policy=pulumi.Output.all(args.home.arn, *[log.arn for log in logs.values()]).apply(
                lambda arns: policies.build_layers(bucket_arn=arns[0], prefix=PREFIX, log_group_arns=arns[1:])
            ),
            opts=child,
        )
        if document := policies.use_indexes(args.index):
            aws.iam.RolePolicy(f"{name}-role-indexes", role=role.name, policy=document, opts=child)
        sources = SourceFunctions(name, args, parent).arns if args.source_builds else {}
        if sources:
            aws.iam.RolePolicy(
                f"{name}-role-sources",
                role=role.name,
                policy=pulumi.Output.all(*sources.values()).apply(
                    lambda arns: policies.invoke_functions(function_arns=arns)
                ),
                opts=child,
            )
        self.by_runtime = {
            target.runtime: aws.lambda_.Function(
                f"{name}-{target.slug}",
                description=f"Builds Lambda layers for {target.runtime}",
                runtime=target.runtime,
                architectures=[target.architecture],
                handler=_HANDLER,
                role=role.arn,
                s3_bucket=args.home.bucket,
                s3_key=args.code.key(target),
                memory_size=args.memory_mb,
                timeout=args.timeout_seconds,
                ephemeral_storage={"size": 2048},
                environment={
                    "variables": {
                        **args.environment,
                        "ARCHIVE_BUCKET": args.home.bucket,
                        "ARCHIVE_PREFIX": PREFIX,
                        **({"SOURCE_BUILDER": sources[target.runtime]} if sources else {}),
                    }
                },
                logging_config={"log_format": "JSON", "log_group": log.name},
                region=args.home.region,
                opts=pulumi.ResourceOptions(parent=parent, depends_on=[permissions]),
            )
            for target, log in logs.items()
        }

    def describe(self, runtime: str) -> dict[str, pulumi.Input[str | int]]:
        """Return the function of a runtime, as :class:`BuilderFunction` reads it."""
        return {
            "arn": self.by_runtime[runtime].arn,
            "timeout_seconds": self._args.timeout_seconds,
            "memory_mb": self._args.memory_mb,
            "architecture": self._args.architecture,
        }
