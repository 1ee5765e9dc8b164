"""CodeBuildProjects: the CodeBuild projects of one kind, one per runtime, with their role and logs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from builder_lambda.contract.targets import Architecture, Target

from ..hosts.build_container import ContainerSettings
from . import policies
from .archive_bucket import ArchiveBucket
from .builder_code import BuilderCode

_MACHINES: Mapping[Architecture, str] = {"x86_64": "LINUX_CONTAINER", "arm64": "ARM_CONTAINER"}
MINUTES = 60
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
class CodeBuildProjectsArgs:
    """What projects of all kinds have in common."""

    targets: Sequence[Target]
    """Runtimes and architectures, one project each."""

    home: ArchiveBucket
    """The bucket that receives archives."""

    code: BuilderCode
    containers: ContainerSettings
    log_retention_days: int


@dataclass(frozen=True, kw_only=True)
class ProjectKind:
    """What differs between the kinds of projects."""

    module: str
    """The module of the deployment package that runs."""

    purpose: str
    """Start of the description, which ends with the runtime."""

    permissions: Callable[[Sequence[pulumi.Output[str]]], pulumi.Input[str]]
    """Return the policy of the role for ARNs of log groups."""

    more_permissions: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Further policies of the role, by the end of their resource names."""

    variables: Callable[[str], Mapping[str, pulumi.Input[str]]]
    """Return the environment of the project of a runtime."""


class CodeBuildProjects:
    """The projects of one kind. Their resources are children of the component that has them."""

    by_runtime: Mapping[str, aws.codebuild.Project]

    def __init__(self, stem: str, kind: ProjectKind, args: CodeBuildProjectsArgs, parent: pulumi.Resource) -> None:
        """Register role, log groups and projects.

        :param stem: start of their resource names.
        """
        child = pulumi.ResourceOptions(parent=parent)
        logs = {
            target: aws.cloudwatch.LogGroup(
                f"{stem}-{target.slug}-log",
                region=args.home.region,
                retention_in_days=args.log_retention_days,
                opts=child,
            )
            for target in args.targets
        }
        role = aws.iam.Role(f"{stem}-role", assume_role_policy=policies.codebuild_may_assume(), opts=child)
        documents = {
            "permissions": kind.permissions([log.arn for log in logs.values()]),
            **kind.more_permissions,
        }
        granted = [
            aws.iam.RolePolicy(f"{stem}-role-{end}", role=role.name, policy=document, opts=child)
            for end, document in documents.items()
        ]
        self._waited_for = [policy.id for policy in granted]
        self.by_runtime = {
            target.runtime: aws.codebuild.Project(
                f"{stem}-{target.slug}",
                description=f"{kind.purpose} {target.runtime}",
                service_role=role.arn,
                source={
                    "type": "S3",
                    "location": pulumi.Output.concat(args.home.bucket, "/", args.code.key(target)),
                    "buildspec": _BUILDSPEC.format(runtime=target.runtime, boto3=BOTO3, module=kind.module),
                },
                artifacts={"type": "NO_ARTIFACTS"},
                environment=aws.codebuild.ProjectEnvironmentArgs(
                    type=_MACHINES[target.architecture],
                    compute_type="BUILD_GENERAL1_SMALL",
                    image=args.containers.image_for(target),
                    image_pull_credentials_type="SERVICE_ROLE",  # needed for images that are not CodeBuild's own
                    environment_variables=[
                        aws.codebuild.ProjectEnvironmentEnvironmentVariableArgs(name=key, value=value)
                        for key, value in kind.variables(target.runtime).items()
                    ],
                ),
                logs_config={"cloudwatch_logs": {"group_name": log.name}},
                build_timeout=MINUTES,
                region=args.home.region,
                opts=pulumi.ResourceOptions(parent=parent, depends_on=granted[:1]),
            )
            for target, log in logs.items()
        }

    def name(self, runtime: str) -> pulumi.Output[str]:
        """Return the name of the project of a runtime.

        It waits for all policies of the role: in a preview, a project that gets another policy is not known yet.
        """
        project = self.by_runtime[runtime].name
        return pulumi.Output.all(project, *self._waited_for).apply(lambda known: str(known[0]))
