"""PythonLayer: some requirements as a Lambda layer, per target built once, in every region published and shared."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi

from builder_lambda import Architecture, Requirements, Target, parse_requirements, read_requirements

from .faults import told_without_traceback
from .layer_build import LayerBuild, LayerBuildArgs
from .layer_builder import LayerBuilder
from .layer_replica import LayerReplica, LayerReplicaArgs
from .statements import ShareWith, invalid_principals, statements_for


@dataclass(frozen=True, kw_only=True)
class PythonLayerArgs:
    """What a :class:`PythonLayer` is made of. All values are plain: they shape the resource tree."""

    requirements: Sequence[str] | Path | Requirements
    """Requirements (PEP 508), or the path of a requirements file."""

    builder: LayerBuilder
    """Who builds the layer, and in which regions it exists."""

    runtimes: Sequence[str] | None = None
    """Lambda runtimes of the layer: some of the builder's; without it all of them."""

    architectures: Sequence[Architecture] = ("x86_64",)
    """Lambda architectures of the layer."""

    share_with: ShareWith = field(default_factory=ShareWith)
    """Who may use the layer besides the account that owns it."""

    keep_old_versions: bool = True
    """Whether published versions and their grants stay when the layer changes or is destroyed."""


class PythonLayer(pulumi.ComponentResource):
    """A Lambda layer: the same bytes in every region, a new version if and only if its content changed."""

    targets: pulumi.Output[dict[str, dict[str, Any]]]
    """``<runtime>-<architecture>`` -> content_hash, code_sha256, packages, size_bytes, unpacked_bytes,
    layer_version_arns by region."""

    def __init__(self, name: str, args: PythonLayerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Register a build per target and a replica per target and region."""
        super().__init__("layers:index:PythonLayer", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        builder = args.builder
        with told_without_traceback():
            requirements = _requirements(args.requirements)
            targets = [
                Target.parse(runtime, architecture)
                for runtime in args.runtimes or builder.runtimes
                for architecture in args.architectures
            ]
        if reasons := invalid_principals(args.share_with) + _without_builder(targets, builder):
            raise pulumi.RunError(f"invalid-settings: {name}: " + "; ".join(reasons))

        self._by_target: dict[str, pulumi.Output[dict[str, Any]]] = {}
        for target in targets:
            layer_name = f"{name}-{target.slug}"
            build = LayerBuild(
                f"{layer_name}-build",
                LayerBuildArgs(
                    layer_name=layer_name,
                    requirements=requirements.requirements,
                    constraints=requirements.constraints,
                    target=target,
                    builder=builder.function_for(target),
                    archive_bucket=builder.home.bucket,
                ),
                opts=child,
            )
            replicas = {
                region: LayerReplica(
                    f"{layer_name}-{region}",
                    LayerReplicaArgs(
                        layer_name=layer_name,
                        target=target,
                        build=build,
                        home=builder.home,
                        bucket=bucket,
                        statements=statements_for(args.share_with),
                        keep_old_versions=args.keep_old_versions,
                    ),
                    opts=child,
                )
                for region, bucket in builder.buckets.items()
            }
            self._by_target[f"{target.runtime}-{target.architecture}"] = pulumi.Output.all(
                content_hash=build.content_hash,
                code_sha256=build.code_sha256,
                packages=build.packages,
                size_bytes=build.size_bytes,
                unpacked_bytes=build.unpacked_bytes,
                layer_version_arns=pulumi.Output.all(
                    **{region: replica.layer_version_arn for region, replica in replicas.items()}
                ),
            )

        self.targets = pulumi.Output.all(**self._by_target)
        self.register_outputs({"targets": self.targets})

    def layer_version_arn(
        self, region: str, *, runtime: str, architecture: Architecture = "x86_64"
    ) -> pulumi.Output[str]:
        """Return the ARN of the layer version of a region and target, as a function's ``layers`` wants it."""
        return self._by_target[f"{runtime}-{architecture}"].apply(
            lambda target: str(target["layer_version_arns"][region])
        )


def _requirements(given: Sequence[str] | Path | Requirements) -> Requirements:
    match given:
        case Requirements():
            return given
        case Path():
            return read_requirements(given)
        case str():
            return parse_requirements([given])
        case _:
            return parse_requirements(list(given))


def _without_builder(targets: Sequence[Target], builder: LayerBuilder) -> list[str]:
    return [
        f"the builder has no function for {target.runtime}: add it to the runtimes of the LayerBuilder"
        for target in targets
        if target.runtime not in builder.runtimes
    ]
