"""BuilderFunctions: the Lambda functions of one kind, one per runtime, with their role and logs."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from . import policies
from .function_args import BuilderFunctionsArgs
from .function_kind import FunctionKind
from .logged_role import LoggedRole


class BuilderFunctions:
    """The functions of one kind. Their resources are children of the component that has them."""

    by_runtime: Mapping[str, aws.lambda_.Function]

    def __init__(self, stem: str, kind: FunctionKind, args: BuilderFunctionsArgs, parent: pulumi.Resource) -> None:
        """Register role, log groups and functions.

        :param stem: start of their resource names.
        """
        self._args, self._kind = args, kind
        self._role = LoggedRole(
            stem,
            args.targets,
            trust=policies.lambda_may_assume(),
            permissions=kind.permissions,
            more_permissions=kind.more_permissions,
            region=args.home.region,
            log_retention_days=args.log_retention_days,
            parent=parent,
        )
        self.by_runtime = {
            target.runtime: aws.lambda_.Function(
                f"{stem}-{target.slug}",
                description=f"{kind.purpose} {target.runtime}",
                runtime=target.runtime,
                architectures=[target.architecture],
                handler=kind.handler,
                role=self._role.arn,
                s3_bucket=args.home.bucket,
                s3_key=args.code.key(target),
                memory_size=kind.memory_mb,
                timeout=args.timeout_seconds,
                ephemeral_storage={"size": kind.storage_mb},
                environment={"variables": kind.variables(target.runtime)},
                logging_config={"log_format": "JSON", "log_group": log.name},
                region=args.home.region,
                opts=pulumi.ResourceOptions(parent=parent, depends_on=[self._role.permissions]),
            )
            for target, log in self._role.logs.items()
        }

    @property
    def arns(self) -> Mapping[str, pulumi.Output[str]]:
        """ARN of each function, by runtime."""
        return {runtime: function.arn for runtime, function in self.by_runtime.items()}

    def describe(self, runtime: str) -> dict[str, pulumi.Input[str | int]]:
        """Return the function of a runtime as a mapping for :class:`BuilderFunction`."""
        return {
            "arn": self._role.with_rights(self.by_runtime[runtime].arn),
            "timeout_seconds": self._args.timeout_seconds,
            "memory_mb": self._kind.memory_mb,
            "architecture": self._args.architecture,
        }
