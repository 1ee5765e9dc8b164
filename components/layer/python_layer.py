"""PythonLayer: Python packages as a Lambda layer, built once per target and published in every region."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pulumi

from builder_lambda.contract.targets import Architecture, Target
from layer_deployment.names import PYTHON_LAYER, parameter_name
from layer_deployment.version_descriptions import owner_of

from ..dynamic.layer_attachment_args import OwnLayer
from ..dynamic.layer_build import LayerBuild
from ..dynamic.layer_build_args import LayerBuildArgs
from ..dynamic.layer_replica import LayerReplica, LayerReplicaArgs
from ..dynamic.statements import statements_for
from ..engine.run_error import as_run_error
from .layer_plan import LayerPlan
from .python_layer_args import PythonLayerArgs
from .uploads import Uploads


class PythonLayer(pulumi.ComponentResource):
    """A Lambda layer: the same bytes in every region, a new version if and only if its content changed."""

    targets: pulumi.Output[dict[str, dict[str, Any]]]
    """``<runtime>-<architecture>`` -> content_hash, code_sha256, packages, size_bytes, unpacked_bytes,
    layer_version_arns by region."""

    def __init__(self, name: str, args: PythonLayerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Register a build per target and a replica per target and region.

        :raises pulumi.RunError: with all problems of arguments, requirements, modules and lock.
        """
        super().__init__(PYTHON_LAYER, name, {}, opts)
        self._stem, self._args, self._child = name, args, pulumi.ResourceOptions(parent=self)
        with as_run_error():
            self._plan = LayerPlan.read(name, args)

        source, uploads = self._plan.source, Uploads(name=name, home=args.builder.home, parent=self)
        stored = [*uploads.wheels(source.requirements.local_wheels), *uploads.modules(source.modules)]
        self._own_layers: list[OwnLayer] = []
        self._arns: dict[str, dict[str, pulumi.Output[str]]] = {}
        by_target: dict[str, pulumi.Output[dict[str, Any]]] = {}
        for target in self._plan.locks:
            build = self._build(target, stored)
            arns = {region: replica.layer_version_arn for region, replica in self._replicas(target, build).items()}
            self._own_layers += self._own_layers_of(target, build, arns)
            self._arns[str(target)] = arns
            by_target[str(target)] = _outputs(build, arns)

        self.targets = pulumi.Output.all(**by_target)
        self.register_outputs({"targets": self.targets})

    def layer_version_arn(
        self, region: str, *, runtime: str, architecture: Architecture = "x86_64"
    ) -> pulumi.Output[str]:
        """Return the ARN of the layer version of a region and target, for the ``layers`` of a function.

        It waits for this version only.

        :raises pulumi.RunError: if the layer has no such target, or is not in the region.
        """
        by_region = self._arns.get(f"{runtime}-{architecture}")
        if by_region is None:
            targets = ", ".join(self._arns)
            raise pulumi.RunError(f"layer {self._stem} is not built for {runtime}-{architecture}: it has {targets}")
        if region not in by_region:
            raise pulumi.RunError(f"layer {self._stem} is not in {region}: it is in {', '.join(by_region)}")
        return by_region[region]

    def own_layer(self, region: str, *, runtime: str, architecture: Architecture = "x86_64") -> OwnLayer:
        """Return the layer version of a region and target, with its facts, for a :class:`LayerAttachment`.

        A layer that lacks this region or target returns its nearest version, which the attachment then rejects.
        """

        def nearness(own: OwnLayer) -> tuple[bool, bool, bool]:
            return own.runtime == runtime, own.region == region, own.architecture == architecture

        return max(self._own_layers, key=nearness)

    def _layer_name(self, target: Target) -> str:
        return f"{self._args.layer_name or self._stem}-{target.slug}"

    def _build(self, target: Target, stored: Sequence[pulumi.Resource]) -> LayerBuild:
        """Register the build of a target.

        :param stored: objects that the build reads.
        """
        name, args, plan = f"{self._stem}-{target.slug}", self._args, self._plan
        builder, source, lock = args.builder, plan.source, plan.locks[target]
        locked = Uploads(name=name, home=builder.home, parent=self).lock(lock)
        return LayerBuild(
            f"{name}-build",
            LayerBuildArgs(
                layer_name=self._layer_name(target),
                requirements=source.requirements.requirement_lines,
                constraints=source.requirements.constraint_lines,
                target=target,
                builder=builder.host_for(target, args.host),
                archive_bucket=builder.home.bucket,
                options=args.options if builder.compiles_for(target) else replace(args.options, bytecode=False),
                modules=[module.source for module in source.modules],
                given_lock=lock,
                index=builder.index,
                exclude_newer=args.exclude_newer,
                upgrade=args.upgrade,
                allow_source_builds=plan.allow_source_builds,
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[*stored, *locked]),
        )

    def _replicas(self, target: Target, build: LayerBuild) -> dict[str, LayerReplica]:
        """Register a replica of a build in each region."""
        layer_name, args = self._layer_name(target), self._args
        project, stack = pulumi.get_project(), pulumi.get_stack()
        prefix = args.parameter_prefix
        return {
            region: LayerReplica(
                f"{self._stem}-{target.slug}-{region}",
                LayerReplicaArgs(
                    layer_name=layer_name,
                    target=target,
                    region=region,
                    owner=owner_of(project, stack),
                    home_bucket=args.builder.home.bucket,
                    bucket=bucket.bucket,
                    archive_key=build.archive_key,
                    content_hash=build.content_hash,
                    code_sha256=build.code_sha256,
                    statements=statements_for(args.share_with),
                    default_parameter=parameter_name(project, stack, layer_name),
                    chosen_parameter=f"{prefix.rstrip('/')}/{layer_name}" if prefix else None,
                    keep=args.keep_old_versions,
                ),
                opts=self._child,
            )
            for region, bucket in args.builder.buckets.items()
            if args.regions is None or region in args.regions
        }

    def _own_layers_of(
        self, target: Target, build: LayerBuild, arns: Mapping[str, pulumi.Output[str]]
    ) -> list[OwnLayer]:
        return [
            OwnLayer(
                name=self._layer_name(target),
                region=region,
                runtime=target.runtime,
                architecture=target.architecture,
                arn=arn,
                unpacked_bytes=build.unpacked_bytes,
                packages=build.packages,
                package_sizes=build.package_sizes,
            )
            for region, arn in arns.items()
        ]


def _outputs(build: LayerBuild, arns: Mapping[str, pulumi.Output[str]]) -> pulumi.Output[dict[str, Any]]:
    return pulumi.Output.all(
        content_hash=build.content_hash,
        code_sha256=build.code_sha256,
        packages=build.packages,
        size_bytes=build.size_bytes,
        unpacked_bytes=build.unpacked_bytes,
        layer_version_arns=pulumi.Output.all(**arns),
    )
