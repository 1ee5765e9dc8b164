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
from .logged_role import LoggedRole, Permissions

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

    permissions: Permissions

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
        self._role = LoggedRole(
            stem,
            args.targets,
            trust=policies.codebuild_may_assume(),
            permissions=kind.permissions,
            more_permissions=kind.more_permissions,
            region=args.home.region,
            log_retention_days=args.log_retention_days,
            parent=parent,
        )
        self.by_runtime = {
            target.runtime: aws.codebuild.Project(
                f"{stem}-{target.slug}",
                description=f"{kind.purpose} {target.runtime}",
                service_role=self._role.arn,
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
                opts=pulumi.ResourceOptions(parent=parent, depends_on=[self._role.permissions]),
            )
            for target, log in self._role.logs.items()
        }

    def name(self, runtime: str) -> pulumi.Output[str]:
        """Return the name of the project of a runtime, known after all policies of the role."""
        return self._role.with_rights(self.by_runtime[runtime].name)
