"""PythonFunction: a folder of code as a Lambda function in several regions, with its packages in a layer or bundled."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pulumi
import pulumi_aws as aws

from builder_lambda.contract.options import BuildOptions
from builder_lambda.contract.source_policy import allow_source_builds_of
from layer_deployment.names import PYTHON_FUNCTION, dependencies_layer

from ..builder import policies
from ..builder.archive_copy import copied_archive
from ..dynamic.layer_attachment import LayerAttachment
from ..dynamic.layer_attachment_args import LayerAttachmentArgs, OwnLayer
from ..dynamic.layer_build import LayerBuild
from ..dynamic.layer_build_args import LayerBuildArgs
from ..engine.run_error import as_run_error
from ..layer.python_layer import PythonLayer
from ..layer.python_layer_args import PythonLayerArgs
from ..layer.uploads import Uploads
from .function_source import FunctionSource
from .python_function_args import PythonFunctionArgs


class PythonFunction(pulumi.ComponentResource):
    """A Lambda function. Its deployment package changes only with its content, its layer never with its code."""

    functions: pulumi.Output[dict[str, dict[str, Any]]]
    """Region -> arn, name, version and qualified_arn of the function."""

    content_hash: pulumi.Output[str]
    """sha256 over the entries of the deployment package."""

    packages: pulumi.Output[Mapping[str, str]]
    """Version of each distribution in the layer of the dependencies, or else in the deployment package."""

    unpacked_bytes: pulumi.Output[float]
    """Size of the files of the deployment package."""

    by_region: dict[str, aws.lambda_.Function]
    """The functions, to attach permissions, event sources or URLs to."""

    layer: PythonLayer | None
    """The layer of the dependencies, if there is one."""

    def __init__(self, name: str, args: PythonFunctionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Register the layer of the dependencies, the build of the deployment package, and a function per region.

        :raises pulumi.RunError: with all problems of arguments, code, handler and requirements.
        """
        super().__init__(PYTHON_FUNCTION, name, {}, opts)
        self._stem, self._args, self._child = name, args, pulumi.ResourceOptions(parent=self)
        regions = args.all_regions
        with as_run_error():
            self._source = FunctionSource.read(name, args)

        self.layer = self._layer_of_dependencies(regions)
        self._build = self._package()
        logs = {region: self._log(region) for region in regions}
        role, permissions = self._role(logs)
        self.by_region = {
            region: self._function(region, role=role, log=log, permissions=permissions) for region, log in logs.items()
        }

        self.functions = pulumi.Output.all(
            **{
                region: pulumi.Output.all(
                    arn=function.arn,
                    name=function.name,
                    version=function.version,
                    qualified_arn=function.qualified_arn,
                )
                for region, function in self.by_region.items()
            }
        )
        self.content_hash = self._build.content_hash
        self.unpacked_bytes = self._build.unpacked_bytes
        own = None if self.layer is None else self._own_layer(self.layer, regions[0])
        self.packages = self._build.packages if own is None else pulumi.Output.from_input(own.packages)
        self.register_outputs(
            {
                "functions": self.functions,
                "content_hash": self.content_hash,
                "packages": self.packages,
                "unpacked_bytes": self.unpacked_bytes,
            }
        )

    def _layer_of_dependencies(self, regions: Sequence[str]) -> PythonLayer | None:
        args, source = self._args, self._source
        if source.layered is None:
            return None
        return PythonLayer(
            dependencies_layer(self._stem),
            PythonLayerArgs(
                builder=args.builder,
                host=args.host,
                requirements=source.layered,
                options=args.options,
                exclude_newer=args.exclude_newer,
                upgrade=args.upgrade,
                allow_source_builds=allow_source_builds_of(args.allow_source_builds),
                runtimes=[args.runtime],
                architectures=[args.architecture],
                regions=regions,
                keep_old_versions=False,
            ),
            opts=self._child,
        )

    def _package(self) -> LayerBuild:
        name, args, source = self._stem, self._args, self._source
        home, target = args.builder.home, source.target
        uploads = Uploads(name=name, home=home, parent=self)
        stored = [
            uploads.code(source.code),
            *uploads.wheels(source.bundled.requirements.local_wheels),
            *uploads.modules(source.bundled.modules),
            *uploads.lock(source.lock),
        ]
        options = args.options if args.dependencies == "bundle" else BuildOptions(bytecode=args.options.bytecode)
        compiles = options.bytecode and args.builder.compiles_for(target)
        return LayerBuild(
            f"{name}-build",
            LayerBuildArgs(
                layer_name=f"{name}-payload",
                requirements=source.bundled.requirements.requirement_lines,
                constraints=source.bundled.requirements.constraint_lines,
                target=target,
                builder=args.builder.host_for(target, args.host),
                archive_bucket=home.bucket,
                options=replace(options, layout="function", bytecode=compiles),
                modules=[module.source for module in source.bundled.modules],
                function_code_sha256=source.code.sha256,
                given_lock=source.lock,
                index=args.builder.index,
                exclude_newer=args.exclude_newer,
                upgrade=args.upgrade,
                allow_source_builds=allow_source_builds_of(args.allow_source_builds),
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=stored),
        )

    def _log(self, region: str) -> aws.cloudwatch.LogGroup:
        return aws.cloudwatch.LogGroup(
            f"{self._stem}-{region}-log",
            region=region,
            retention_in_days=self._args.log_retention_days,
            opts=self._child,
        )

    def _role(self, logs: Mapping[str, aws.cloudwatch.LogGroup]) -> tuple[pulumi.Input[str], Sequence[pulumi.Resource]]:
        """Return the ARN of the role, and the resources that it depends on."""
        if self._args.role is not None:
            return self._args.role, ()
        role = aws.iam.Role(f"{self._stem}-role", assume_role_policy=policies.lambda_may_assume(), opts=self._child)
        policy = aws.iam.RolePolicy(
            f"{self._stem}-role-permissions",
            role=role.name,
            policy=pulumi.Output.all(*[log.arn for log in logs.values()]).apply(
                lambda arns: policies.run_function(log_group_arns=arns)
            ),
            opts=self._child,
        )
        return role.arn, (policy,)

    def _function(
        self,
        region: str,
        *,
        role: pulumi.Input[str],
        log: aws.cloudwatch.LogGroup,
        permissions: Sequence[pulumi.Resource],
    ) -> aws.lambda_.Function:
        args, build = self._args, self._build
        home, bucket = args.builder.home, args.builder.buckets[region]
        key = copied_archive(f"{self._stem}-{region}-archive", build.archive_key, home=home, bucket=bucket, parent=self)
        return aws.lambda_.Function(
            f"{self._stem}-{region}",
            description=args.description or None,
            runtime=args.runtime,
            architectures=[args.architecture],
            handler=args.handler,
            role=role,
            # Key and hash change with the content only.
            s3_bucket=bucket.bucket,
            s3_key=key,
            source_code_hash=build.code_sha256,
            layers=self._layers(region),
            memory_size=args.memory_mb,
            timeout=args.timeout_seconds,
            environment={"variables": dict(args.environment)} if args.environment else None,
            logging_config={"log_format": "Text", "log_group": log.name},
            publish=args.publish,
            region=region,
            opts=pulumi.ResourceOptions(parent=self, depends_on=permissions),
            **args.function_args,
        )

    def _layers(self, region: str) -> pulumi.Input[Sequence[pulumi.Input[str]]] | None:
        """Return the layer version ARNs of a region, known after the check of the attachment."""
        layers: list[OwnLayer | pulumi.Input[str]] = []
        for layer in (self.layer, *self._args.layers):
            if isinstance(layer, PythonLayer):
                layers.append(self._own_layer(layer, region))
            elif isinstance(layer, Mapping):
                layers.append(layer[region])
            elif layer is not None:
                layers.append(layer)
        if not layers:
            return None
        build = self._build
        attachment = LayerAttachment(
            f"{self._stem}-{region}-layers",
            LayerAttachmentArgs(
                function_name=self._stem,
                region=region,
                runtime=self._args.runtime,
                architecture=self._args.architecture,
                layers=layers,
                unpacked_bytes=build.unpacked_bytes,
                packages=build.packages,
                package_sizes=build.package_sizes,
                allow_different_versions=self._args.allow_different_versions,
            ),
            opts=self._child,
        )
        return attachment.layer_version_arns

    def _own_layer(self, layer: PythonLayer, region: str) -> OwnLayer:
        return layer.own_layer(region, runtime=self._args.runtime, architecture=self._args.architecture)
