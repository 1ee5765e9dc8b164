"""PythonLayer: some requirements as a Lambda layer, per target built once, in every region published and shared."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pulumi

from builder_lambda import Architecture, Target
from builder_lambda.contract.options import BuildOptions
from builder_lambda.contract.source_policy import allow_source_builds_of
from builder_lambda.contract.upgrade import Upgrade

from ..builder.layer_builder import LayerBuilder
from ..dynamic.layer_attachment import OwnLayer
from ..dynamic.layer_build import LayerBuild, LayerBuildArgs
from ..dynamic.statements import ShareWith, invalid_principals, statements_for
from ..engine.run_error import as_run_error
from ..hosts.hosts import Host
from .layer_replica import LayerReplica, LayerReplicaArgs
from .layer_source import LayerSource, store_lock


@dataclass(frozen=True, kw_only=True)
class PythonLayerArgs:
    """What a :class:`PythonLayer` is made of. All values are plain: they shape the resource tree."""

    builder: LayerBuilder
    """Who builds the layer, and in which regions it exists."""

    requirements: Sequence[str] | Path | LayerSource | None = None
    """Requirements (PEP 508), the path of a requirements file, or of a project: its folder or ``pyproject.toml``."""

    lock: Path | None = None
    """Instead of requirements, a lock that is used as it is: ``pylock.toml``, ``uv.lock``, ``poetry.lock``
    or ``Pipfile.lock``."""

    groups: Sequence[str] = ()
    """Dependency groups of the project or lock that are added."""

    extras: Sequence[str] = ()
    """Extras of the project or lock that are added."""

    modules: Sequence[Path] = ()
    """Modules and packages of one's own: ``.py`` files and folders."""

    options: BuildOptions = field(default_factory=BuildOptions)
    """How the archive is built: bytecode, slimming, layout, size budget."""

    exclude_newer: str | None = None
    """Leaves out what was uploaded later, or is younger: a date, time or duration such as ``7 days``."""

    upgrade: Upgrade = ()
    """What does not keep its version: ``all``, or names. While it is set, every run asks for the newest."""

    allow_source_builds: Sequence[str] = ()
    """What may be built from source where no wheel fits: ``all``, or names. It runs code of these packages, where the
    builder builds; the host ``lambda`` needs ``source_builds`` of the builder for it."""

    runtimes: Sequence[str] | None = None
    """Lambda runtimes of the layer: some of the builder's; without it all of them."""

    architectures: Sequence[Architecture] = ("x86_64",)
    """Lambda architectures of the layer."""

    regions: Sequence[str] | None = None
    """Regions of the layer: some of the builder's; without it all of them."""

    share_with: ShareWith = field(default_factory=ShareWith)
    """Who may use the layer besides the account that owns it."""

    keep_old_versions: bool = True
    """Whether published versions and their grants stay when the layer changes or is destroyed."""

    host: Host | None = None
    """Where the layer is built: ``lambda``, ``local``, ``container``, ``codebuild`` or ``auto``; without it where the
    builder builds."""


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
        with as_run_error():
            targets = [
                Target.parse(runtime, architecture)
                for runtime in args.runtimes or builder.runtimes
                for architecture in args.architectures
            ]
            source = LayerSource.read(
                args.requirements,
                lock=args.lock,
                groups=args.groups,
                extras=args.extras,
                modules=args.modules,
                terms=builder.project_overrides(targets, exclude_newer=args.exclude_newer),
            )
            allowed = allow_source_builds_of(args.allow_source_builds)
            locks = {target: source.lock_for(target) for target in targets}
        reasons = [
            *_one_of_two(source),
            *invalid_principals(args.share_with),
            *without_builder([target.runtime for target in targets], args.regions or (), builder),
            *builder.faults_of(args.host),
            *_not_a_layer(args.options),
        ]
        if reasons:
            raise pulumi.RunError(f"invalid-settings: {name}: " + "; ".join(reasons))

        stored = source.store_modules(name, builder.home, child)
        self._by_target: dict[str, pulumi.Output[dict[str, Any]]] = {}
        self._own: list[OwnLayer] = []
        for target in targets:
            layer_name = f"{name}-{target.slug}"
            lock = locks[target]
            carried = [*stored, *(store_lock(layer_name, lock, builder.home, child) if lock else ())]
            build = LayerBuild(
                f"{layer_name}-build",
                LayerBuildArgs(
                    layer_name=layer_name,
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
                    allow_source_builds=allowed,
                ),
                opts=pulumi.ResourceOptions(parent=self, depends_on=carried),
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
                if args.regions is None or region in args.regions
            }
            self._own += [
                OwnLayer(
                    name=layer_name,
                    region=region,
                    runtime=target.runtime,
                    architecture=target.architecture,
                    arn=replica.layer_version_arn,
                    unpacked_bytes=build.unpacked_bytes,
                    packages=build.packages,
                    package_sizes=build.package_sizes,
                )
                for region, replica in replicas.items()
            ]
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

    def own_layer(self, region: str, *, runtime: str, architecture: Architecture = "x86_64") -> OwnLayer:
        """Return the layer version of a region and target with what is known of it, for a :class:`LayerAttachment`.

        Where the layer is not made for them, it is the nearest of its versions, which the attachment then refuses.
        """

        def nearness(own: OwnLayer) -> tuple[bool, bool, bool]:
            return own.runtime == runtime, own.region == region, own.architecture == architecture

        return max(self._own, key=nearness)


def _one_of_two(source: LayerSource) -> list[str]:
    has_requirements = bool(source.requirements.requirements)
    if has_requirements == bool(source.lock):
        return ["a layer is made of requirements, or of a lock" + (", not of both" if has_requirements else "")]
    return []


def _not_a_layer(options: BuildOptions) -> list[str]:
    return ["the layout 'function' is for the payload of a PythonFunction"] if options.layout == "function" else []


def without_builder(runtimes: Sequence[str], regions: Sequence[str], builder: LayerBuilder) -> list[str]:
    """Return which runtimes and regions the builder does not serve, a sentence each."""
    no_function = [
        f"the builder has no function for {runtime}: add it to the runtimes of the LayerBuilder"
        for runtime in dict.fromkeys(runtimes)
        if runtime not in builder.runtimes
    ]
    no_bucket = [
        f"the builder has no bucket in {region}: add it to the regions of the LayerBuilder"
        for region in regions
        if region not in builder.buckets
    ]
    return no_function + no_bucket
