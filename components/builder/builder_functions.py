"""BuilderFunctions: the Lambda functions of one kind, one per runtime, with their role and logs."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from . import policies
from .function_args import BuilderFunctionsArgs
from .function_kind import FunctionKind


class BuilderFunctions:
    """The functions of one kind. Their resources are children of the component that has them."""

    by_runtime: Mapping[str, aws.lambda_.Function]

    def __init__(self, stem: str, kind: FunctionKind, args: BuilderFunctionsArgs, parent: pulumi.Resource) -> None:
        """Register role, log groups and functions.

        :param stem: start of their resource names.
        """
        child = pulumi.ResourceOptions(parent=parent)
        self._args, self._kind = args, kind
        logs = {
            target: aws.cloudwatch.LogGroup(
                f"{stem}-{target.slug}-log",
                region=args.home.region,
                retention_in_days=args.log_retention_days,
                opts=child,
            )
            for target in args.targets
        }
        role = aws.iam.Role(f"{stem}-role", assume_role_policy=policies.lambda_may_assume(), opts=child)
        permissions = aws.iam.RolePolicy(
            f"{stem}-role-permissions",
            role=role.name,
            policy=kind.permissions([log.arn for log in logs.values()]),
            opts=child,
        )
        more = [
            aws.iam.RolePolicy(f"{stem}-role-{end}", role=role.name, policy=document, opts=child)
            for end, document in kind.more_permissions.items()
        ]
        self._waited_for = [policy.id for policy in (permissions, *more)]
        self.by_runtime = {
            target.runtime: aws.lambda_.Function(
                f"{stem}-{target.slug}",
                description=f"{kind.purpose} {target.runtime}",
                runtime=target.runtime,
                architectures=[target.architecture],
                handler=kind.handler,
                role=role.arn,
                s3_bucket=args.home.bucket,
                s3_key=args.code.key(target),
                memory_size=kind.memory_mb,
                timeout=args.timeout_seconds,
                ephemeral_storage={"size": kind.storage_mb},
                environment={"variables": kind.variables(target.runtime)},
                logging_config={"log_format": "JSON", "log_group": log.name},
                region=args.home.region,
                opts=pulumi.ResourceOptions(parent=parent, depends_on=[permissions]),
            )
            for target, log in logs.items()
        }

    @property
    def arns(self) -> Mapping[str, pulumi.Output[str]]:
        """ARN of each function, by runtime."""
        return {runtime: function.arn for runtime, function in self.by_runtime.items()}

    def describe(self, runtime: str) -> dict[str, pulumi.Input[str | int]]:
        """Return the function of a runtime as a mapping for :class:`BuilderFunction`.

        Its ARN waits for all policies of the role: in a preview, a builder that gets another policy is not known yet.
        """
        arn = self.by_runtime[runtime].arn
        return {
            "arn": pulumi.Output.all(arn, *self._waited_for).apply(lambda known: str(known[0])),
            "timeout_seconds": self._args.timeout_seconds,
            "memory_mb": self._kind.memory_mb,
            "architecture": self._args.architecture,
        }
