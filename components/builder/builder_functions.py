"""BuilderFunctions: the host ``lambda``, one builder function per runtime with their role and logs."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_aws as aws

from builder_lambda import Architecture, IndexOptions, Target
from builder_lambda.hosts.function_archive import build_function_archive

from ..engine.faults import as_run_error
from ..hosts.archive_keys import PREFIX
from ..hosts.hosts import CACHE
from . import policies
from .archive_bucket import ArchiveBucket
from .source_functions import SourceFunctions

_HANDLER = "builder_lambda.hosts.handler.handler"


@dataclass(frozen=True, kw_only=True)
class BuilderCode:
    """The builder's own archive, in the archive bucket: one object for all runtimes whose archives are equal."""

    name: str
    """Of the component, from which those of the objects are made."""

    home: ArchiveBucket
    given: Path | None
    """An archive that is used in place of one that is made of this package."""

    parent: pulumi.Resource
    objects: dict[str, aws.s3.BucketObjectv2]
    """By key: those that are registered so far."""

    def key(self, target: Target) -> pulumi.Output[str]:
        """Return the key of the archive for a target, which is registered when it is first asked for."""
        with as_run_error():
            path = self.given or build_function_archive(target, CACHE).path
        key = f"{PREFIX}builder/{path.name}"
        if key not in self.objects:
            self.objects[key] = aws.s3.BucketObjectv2(
                f"{self.name}-code-{len(self.objects)}" if self.objects else f"{self.name}-code",
                bucket=self.home.bucket,
                key=key,
                source=pulumi.FileAsset(str(path)),
                region=self.home.region,
                opts=pulumi.ResourceOptions(parent=self.parent),
            )
        return self.objects[key].key


@dataclass(frozen=True, kw_only=True)
class BuilderFunctionsArgs:
    """What the functions are given."""

    targets: Collection[Target]
    """What they run on."""

    home: ArchiveBucket
    """The bucket that they write to."""

    code: BuilderCode
    architecture: Architecture
    memory_mb: int
    timeout_seconds: int
    log_retention_days: int
    environment: Mapping[str, str]
    index: IndexOptions

    source_builds: bool = False
    """Whether there are functions for source builds beside them."""

    def logs(self, stem: str, opts: pulumi.ResourceOptions) -> dict[Target, aws.cloudwatch.LogGroup]:
        """Register a log group for the function of each target."""
        return {
            target: aws.cloudwatch.LogGroup(
                f"{stem}-{target.slug}-log",
                region=self.home.region,
                retention_in_days=self.log_retention_days,
                opts=opts,
            )
            for target in self.targets
        }


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
