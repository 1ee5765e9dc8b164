"""CodeBuildHost: the host ``codebuild``.

A project runs the builder's deployment package in the build image of the runtime. It has the same code and Python as
the function, and hours of time. It costs nothing until a build starts.

With source builds, further projects run the code of packages. The build image has a C compiler with headers. Their role
has rights for the files of source builds only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from builder_lambda.contract.index_options import IndexOptions
from builder_lambda.contract.store_keys import PREFIX
from builder_lambda.hosts.entries import CODEBUILD_MODULE, CODEBUILD_SOURCE_MODULE
from layer_deployment.names import CODEBUILD_HOST

from . import policies
from .builder_code import CODE_KEYS
from .codebuild_projects import MINUTES, CodeBuildProjects, CodeBuildProjectsArgs, ProjectKind
from .function_kind import index_logins, open_variables


@dataclass(frozen=True, kw_only=True)
class CodeBuildHostArgs(CodeBuildProjectsArgs):
    """Settings of the projects."""

    environment: Mapping[str, str]
    index: IndexOptions
    source_builds: bool


class CodeBuildHost(pulumi.ComponentResource):
    """CodeBuild projects that build layers."""

    def __init__(self, name: str, args: CodeBuildHostArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Register the projects."""
        super().__init__(CODEBUILD_HOST, name, {}, opts)
        self._args = args
        sources = None
        if args.source_builds:
            sources = CodeBuildProjects(f"{name}-sources", _source_projects(args), args, self)
        self._projects = CodeBuildProjects(name, _layer_projects(args, sources), args, self)
        self.register_outputs({})

    def describe(self, runtime: str) -> dict[str, pulumi.Input[str | int]]:
        """Return the project of a runtime as a mapping for :class:`CodeBuildProject`."""
        return {
            "host": "codebuild",
            "region": self._args.home.region,
            "project": self._projects.name(runtime),
            "timeout_seconds": MINUTES * 60,
        }


def _layer_projects(args: CodeBuildHostArgs, sources: CodeBuildProjects | None) -> ProjectKind:
    """Return the kind that builds layers.

    :param sources: the projects for source builds; without them, nothing is built from source.
    """
    more: dict[str, pulumi.Input[str]] = {}
    if document := policies.use_indexes(args.index):
        more["indexes"] = document
    if sources:
        arns = [project.arn for project in sources.by_runtime.values()]
        more["sources"] = pulumi.Output.all(*arns).apply(lambda known: policies.start_builds(project_arns=known))

    def permissions(logs: Sequence[pulumi.Output[str]]) -> pulumi.Output[str]:
        return pulumi.Output.all(args.home.arn, *logs).apply(
            lambda arns: policies.build_in_codebuild(bucket_arn=arns[0], prefix=PREFIX, log_group_arns=arns[1:])
        )

    def variables(runtime: str) -> Mapping[str, pulumi.Input[str]]:
        return {
            **args.environment,
            "ARCHIVE_BUCKET": args.home.bucket,
            "ARCHIVE_PREFIX": PREFIX,
            **index_logins(args.index),
            **({"SOURCE_PROJECT": sources.name(runtime)} if sources else {}),
        }

    return ProjectKind(
        module=CODEBUILD_MODULE,
        purpose="Builds Lambda layers for",
        permissions=permissions,
        more_permissions=more,
        variables=variables,
    )


def _source_projects(args: CodeBuildHostArgs) -> ProjectKind:
    """Return the kind that builds packages from source."""

    def permissions(logs: Sequence[pulumi.Output[str]]) -> pulumi.Output[str]:
        return pulumi.Output.all(args.home.arn, *logs).apply(
            lambda arns: policies.build_sources_in_codebuild(
                bucket_arn=arns[0], prefix=PREFIX, code_key=f"{CODE_KEYS}*", log_group_arns=arns[1:]
            )
        )

    return ProjectKind(
        module=CODEBUILD_SOURCE_MODULE,
        purpose="Builds packages from source for",
        permissions=permissions,
        variables=lambda _runtime: {
            **open_variables(args.environment, args.index),
            "ARCHIVE_BUCKET": args.home.bucket,
            "ARCHIVE_PREFIX": PREFIX,
        },
    )
