"""LayerBuilder: the archive bucket of each region, and the resources of the hosts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import pulumi

from builder_lambda.contract.index_options import IndexOptions
from builder_lambda.contract.targets import RUNTIMES, Target
from builder_lambda.requirements.project_overrides import ProjectOverrides
from layer_deployment.names import LAYER_BUILDER, Host

from ..engine.collected_errors import CollectedErrors
from ..engine.run_error import as_run_error
from ..hosts.build_container import SAM_IMAGE, ContainerSettings
from ..hosts.hosts import built_on
from ..hosts.index_variables import names_indexes
from .archive_bucket import ArchiveBucket
from .builder_code import BuilderCode
from .builder_functions import BuilderFunctions
from .codebuild_host import CodeBuildHost, CodeBuildHostArgs
from .function_args import BuilderFunctionsArgs
from .function_kind import layer_functions, source_functions
from .layer_builder_args import LayerBuilderArgs


class LayerBuilder(pulumi.ComponentResource):
    """The archive buckets, and what hosts need in the account."""

    regions: tuple[str, ...]
    """Regions of the layers, the home region first."""

    runtimes: tuple[str, ...]
    """Runtimes of layers."""

    index: IndexOptions
    """Where packages come from."""

    buckets: dict[str, ArchiveBucket]
    """Archive bucket of each region."""

    function_arns: pulumi.Output[dict[str, str]]
    """ARN of the builder function of each runtime. Empty without the host ``lambda``."""

    def __init__(self, name: str, args: LayerBuilderArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Register the buckets, and the functions and projects of the named hosts."""
        super().__init__(LAYER_BUILDER, name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.regions = tuple(dict.fromkeys(args.regions))
        self.runtimes = tuple(dict.fromkeys(args.runtimes))
        self.index = args.index
        self._args = args
        self._hosts = _with_host_order((args.host, *args.hosts), args.host_order)

        self.buckets = {
            region: ArchiveBucket(f"{name}-archives-{region}", region, opts=child) for region in self.regions
        }
        code = BuilderCode(name, home=self.home, given=args.code, parent=self)
        self._functions = self._register_functions(name, code) if "lambda" in self._hosts else None
        self._projects = self._register_projects(name, code) if "codebuild" in self._hosts else None

        arns = self._functions.arns if self._functions else {}
        self.function_arns = pulumi.Output.all(**arns) if arns else pulumi.Output.from_input({})
        self.register_outputs({"function_arns": self.function_arns})

    def project_overrides(self, targets: Sequence[Target], *, exclude_newer: str | None) -> ProjectOverrides:
        """Return the settings of this builder that override those of a project."""
        return ProjectOverrides(
            targets=targets,
            names_indexes=names_indexes(self.index, self._args.environment),
            limits_age=bool(exclude_newer),
        )

    @property
    def home(self) -> ArchiveBucket:
        """Bucket of the home region. All hosts write to it."""
        return self.buckets[self.regions[0]]

    def compiles_for(self, target: Target) -> bool:
        """Return whether hosts have the interpreter whose bytecode the target loads."""
        return built_on(target.runtime) == target.runtime

    def host_for(self, target: Target, host: Host | None = None) -> dict[str, pulumi.Input[Any]]:
        """Return the description of a host, as :mod:`components.hosts.hosts` reads it.

        :param host: a host without :meth:`problems`. By default, that of the builder.
        """
        return self._describe(host or self._args.host, target)

    def problems(self, *, runtimes: Iterable[str], regions: Iterable[str], host: Host | None) -> Iterator[str]:
        """Yield what the builder lacks for a layer or function, one sentence each.

        Runtimes that Lambda does not have are left to :meth:`Target.parse`.

        :param host: host that the layer or function names.
        """
        for runtime in runtimes:
            if runtime in RUNTIMES and runtime not in self.runtimes:
                yield f"the builder has no function for {runtime}: add it to the runtimes of the LayerBuilder"
        for region in regions:
            if region not in self.buckets:
                yield f"the builder has no bucket in {region}: add it to the regions of the LayerBuilder"
        needed = _with_host_order([host or self._args.host], self._args.host_order)
        for missing in sorted((needed & {"lambda", "codebuild"}) - self._hosts):
            yield f"the builder has no host {missing}: add it to the hosts of the LayerBuilder"

    def _describe(self, host: Host, target: Target) -> dict[str, pulumi.Input[Any]]:
        here: dict[str, pulumi.Input[Any]] = {"host": host, "region": self.home.region}
        if self._args.environment:
            here["environment"] = dict(self._args.environment)
        match host:
            case "lambda" if self._functions:
                return {**self._functions.describe(built_on(target.runtime))}
            case "codebuild" if self._projects:
                return {**self._projects.describe(built_on(target.runtime))}
            case "local":
                return here
            case "container":
                if self._args.image != SAM_IMAGE:
                    here["image"] = self._args.image
                if self._args.network:
                    here["network"] = self._args.network
                return {**here, "timeout_seconds": self._args.timeout_seconds}
            case "auto":
                hosts = [self._describe(each, target) for each in self._args.host_order]
                return {"host": host, "region": self.home.region, "hosts": hosts}
            case _:
                raise ValueError(f"this builder has no host {host!r}")

    def _register_functions(self, name: str, code: BuilderCode) -> BuilderFunctions:
        given = self._args
        args = BuilderFunctionsArgs(
            targets=self._targets(),
            home=self.home,
            code=code,
            architecture=given.architecture,
            memory_mb=given.memory_mb,
            timeout_seconds=given.timeout_seconds,
            log_retention_days=given.log_retention_days,
            environment=given.environment,
            index=given.index,
        )
        source_arns: Mapping[str, pulumi.Output[str]] = {}
        if given.source_builds:
            source_arns = BuilderFunctions(f"{name}-sources", source_functions(args), args, self).arns
        return BuilderFunctions(name, layer_functions(args, source_arns=source_arns), args, self)

    def _register_projects(self, name: str, code: BuilderCode) -> CodeBuildHost:
        args = self._args
        return CodeBuildHost(
            f"{name}-codebuild",
            CodeBuildHostArgs(
                targets=self._targets(),
                home=self.home,
                code=code,
                containers=ContainerSettings(image=args.image),
                log_retention_days=args.log_retention_days,
                environment=args.environment,
                index=args.index,
                source_builds=args.source_builds,
            ),
            pulumi.ResourceOptions(parent=self),
        )

    def _targets(self) -> list[Target]:
        """Return the targets that run the builder.

        :raises pulumi.RunError: with all runtimes that Lambda does not have.
        """
        parse = partial(Target.parse, architecture=self._args.architecture)
        errors = CollectedErrors()
        with as_run_error():
            for runtime in self.runtimes:
                errors.attempt(partial(parse, runtime))
            errors.raise_all()
            return [parse(runtime) for runtime in dict.fromkeys(map(built_on, self.runtimes))]


def _with_host_order(hosts: Sequence[Host], host_order: Sequence[Host]) -> set[Host]:
    return {*hosts, *(host_order if "auto" in hosts else ())}
