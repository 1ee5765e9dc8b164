"""SourceFunctions: what builds from source for the host ``lambda``, one function per runtime.

They run code of packages. So their role may write their log and nothing else; the builder functions may invoke them,
and hand them one sdist and take one wheel by presigned URLs.
"""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from builder_lambda import IndexOptions

from . import policies
from .function_args import BuilderFunctionsArgs

_HANDLER = "builder_lambda.hosts.source_handler.handler"
_LEAST_MEMORY_MB = 1769
"""zig takes some hundred megabytes, and the wheel that it comes in a hundred; one whole processor comes with this."""


class SourceFunctions:
    """The functions for source builds. Their resources are children of the component that has them."""

    arns: Mapping[str, pulumi.Output[str]]
    """By runtime."""

    def __init__(self, name: str, args: BuilderFunctionsArgs, parent: pulumi.Resource) -> None:
        """Register role, log groups and functions.

        :param name: of the component, from which theirs are made.
        """
        child = pulumi.ResourceOptions(parent=parent)
        logs = args.logs(f"{name}-sources", child)
        role = aws.iam.Role(f"{name}-sources-role", assume_role_policy=policies.lambda_may_assume(), opts=child)
        permissions = aws.iam.RolePolicy(
            f"{name}-sources-role-permissions",
            role=role.name,
            policy=pulumi.Output.all(*[log.arn for log in logs.values()]).apply(
                lambda arns: policies.run_function(log_group_arns=arns)
            ),
            opts=child,
        )
        functions = {
            target.runtime: aws.lambda_.Function(
                f"{name}-sources-{target.slug}",
                description=f"Builds packages from source for {target.runtime}",
                runtime=target.runtime,
                architectures=[target.architecture],
                handler=_HANDLER,
                role=role.arn,
                s3_bucket=args.home.bucket,
                s3_key=args.code.key(target),
                memory_size=max(args.memory_mb, _LEAST_MEMORY_MB),
                timeout=args.timeout_seconds,
                ephemeral_storage={"size": 4096},
                environment={"variables": {**_open_index(args.index), **args.environment}},
                logging_config={"log_format": "JSON", "log_group": log.name},
                region=args.home.region,
                opts=pulumi.ResourceOptions(parent=parent, depends_on=[permissions]),
            )
            for target, log in logs.items()
        }
        self.arns = {runtime: function.arn for runtime, function in functions.items()}


def _open_index(index: IndexOptions) -> dict[str, str]:
    """Return the variable that names the default index, if it asks for no login: what builds needs comes from there."""
    default = index.default
    return {"UV_DEFAULT_INDEX": default.address} if default is not None and default.login is None else {}
