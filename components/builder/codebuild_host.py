"""CodeBuildHost: the host ``codebuild``, one project per runtime with their role and logs.

A project runs the builder's deployment package in the build image of the runtime. It has the same code and Python as
the function, and also a C compiler, headers and hours of time. It costs nothing until a build starts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from builder_lambda.contract.index_options import IndexOptions
from builder_lambda.contract.store_keys import PREFIX
from builder_lambda.contract.targets import Architecture, Target
from builder_lambda.hosts.entries import CODEBUILD_MODULE
from layer_deployment.names import CODEBUILD_HOST

from ..hosts.build_container import ContainerSettings
from . import policies
from .archive_bucket import ArchiveBucket
from .builder_code import BuilderCode
from .function_kind import index_logins

_MACHINES: Mapping[Architecture, str] = {"x86_64": "LINUX_CONTAINER", "arm64": "ARM_CONTAINER"}
_MINUTES = 60
"""Timeout of a build: CodeBuild's default."""

BOTO3 = "boto3==1.44.5"
"""Lambda's runtimes have it, so the deployment package does not. Build images may lack it."""

_BUILDSPEC = """\
version: 0.2
phases:
  install:
    commands:
      - chmod +x bin/*
      - {runtime} -m pip install --quiet --disable-pip-version-check --target aws-sdk {boto3}
  build:
    commands:
      - PYTHONPATH=aws-sdk {runtime} -m {module}
"""


@dataclass(frozen=True, kw_only=True)
class CodeBuildHostArgs:
    """Settings of the projects."""

    targets: Iterable[Target]
    """Runtimes and architectures, one project each."""

    home: ArchiveBucket
    """The bucket that receives archives."""

    code: BuilderCode
    containers: ContainerSettings
    log_retention_days: int
    environment: Mapping[str, str]
    index: IndexOptions


class CodeBuildHost(pulumi.ComponentResource):
    """CodeBuild projects that build layers."""

    def __init__(self, name: str, args: CodeBuildHostArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Register role, log groups and projects."""
        super().__init__(CODEBUILD_HOST, name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        self._args = args
        home = args.home
        logs = {
            target: aws.cloudwatch.LogGroup(
                f"{name}-{target.slug}-log",
                region=home.region,
                retention_in_days=args.log_retention_days,
                opts=child,
            )
            for target in args.targets
        }
        role = aws.iam.Role(f"{name}-role", assume_role_policy=policies.codebuild_may_assume(), opts=child)
        permissions = aws.iam.RolePolicy(
            f"{name}-role-permissions",
            role=role.name,
            policy=pulumi.Output.all(home.arn, *[log.arn for log in logs.values()]).apply(
                lambda arns: policies.build_in_codebuild(bucket_arn=arns[0], prefix=PREFIX, log_group_arns=arns[1:])
            ),
            opts=child,
        )
        self._waited_for = [permissions.id]
        if document := policies.use_indexes(args.index):
            indexes = aws.iam.RolePolicy(f"{name}-role-indexes", role=role.name, policy=document, opts=child)
            self._waited_for.append(indexes.id)
        variables: dict[str, pulumi.Input[str]] = {
            **args.environment,
            "ARCHIVE_BUCKET": home.bucket,
            "ARCHIVE_PREFIX": PREFIX,
            **index_logins(args.index),
            "SOURCE_COMPILER": "system",  # the image has one
        }
        self.by_runtime = {
            target.runtime: aws.codebuild.Project(
                f"{name}-{target.slug}",
                description=f"Builds Lambda layers for {target.runtime}",
                service_role=role.arn,
                source={
                    "type": "S3",
                    "location": pulumi.Output.concat(home.bucket, "/", args.code.key(target)),
                    "buildspec": _BUILDSPEC.format(runtime=target.runtime, boto3=BOTO3, module=CODEBUILD_MODULE),
                },
                artifacts={"type": "NO_ARTIFACTS"},
                environment=aws.codebuild.ProjectEnvironmentArgs(
                    type=_MACHINES[target.architecture],
                    compute_type="BUILD_GENERAL1_SMALL",
                    image=args.containers.image_for(target),
                    image_pull_credentials_type="SERVICE_ROLE",  # needed for images that are not CodeBuild's own
                    environment_variables=[
                        aws.codebuild.ProjectEnvironmentEnvironmentVariableArgs(name=key, value=value)
                        for key, value in variables.items()
                    ],
                ),
                logs_config={"cloudwatch_logs": {"group_name": log.name}},
                build_timeout=_MINUTES,
                region=home.region,
                opts=pulumi.ResourceOptions(parent=self, depends_on=[permissions]),
            )
            for target, log in logs.items()
        }
        self.register_outputs({})

    def describe(self, runtime: str) -> dict[str, pulumi.Input[str | int]]:
        """Return the project of a runtime as a mapping for :class:`CodeBuildProject`.

        Its name waits for all policies of the role: in a preview, a project that gets another policy is not known yet.
        """
        project = self.by_runtime[runtime].name
        return {
            "host": "codebuild",
            "region": self._args.home.region,
            "project": pulumi.Output.all(project, *self._waited_for).apply(lambda known: str(known[0])),
            "timeout_seconds": _MINUTES * 60,
        }
