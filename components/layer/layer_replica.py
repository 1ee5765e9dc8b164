"""LayerReplica: publishes a layer archive in one region, shares the version, and stores its ARN in a parameter."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from builder_lambda.contract.targets import Target
from layer_deployment.names import LAYER_REPLICA, parameter_name

from ..builder.archive_bucket import ArchiveBucket
from ..builder.archive_copy import copied_archive
from ..dynamic.layer_access import LayerAccess, LayerAccessArgs
from ..dynamic.layer_build import LayerBuild
from ..dynamic.statements import Statements


@dataclass(frozen=True, kw_only=True)
class LayerReplicaArgs:
    """An archive, and how it is published."""

    layer_name: str
    """Name of the layer, with its target."""

    target: Target
    """Runtime and architecture."""

    build: LayerBuild
    """The build of the archive."""

    home: ArchiveBucket
    """Bucket of the home region, which has the archive."""

    bucket: ArchiveBucket
    """Bucket of this region. In the home region, the same as ``home``."""

    statements: Statements
    """Who may use the version."""

    keep_old_versions: bool
    """Whether versions and their grants stay when the layer changes or is destroyed."""


class LayerReplica(pulumi.ComponentResource):
    """The layer version of one region."""

    layer_version_arn: pulumi.Output[str]
    """ARN of the version. Known after its bytes are verified and the grants are written."""

    def __init__(self, name: str, args: LayerReplicaArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Register the copy of the archive, the version, its access, and the parameter with its ARN."""
        super().__init__(LAYER_REPLICA, name, {}, opts)
        region = args.bucket.region
        child = pulumi.ResourceOptions(parent=self)

        key = copied_archive(f"{name}-archive", args.build.archive_key, home=args.home, bucket=args.bucket, parent=self)
        version = aws.lambda_.LayerVersion(
            f"{name}-version",
            layer_name=args.layer_name,
            s3_bucket=args.bucket.bucket,
            s3_key=key,
            compatible_runtimes=[args.target.runtime],
            compatible_architectures=[args.target.architecture],
            # A list of versions shows descriptions, but no hashes (AWS: ListLayerVersions).
            description=pulumi.Output.concat("content ", args.build.content_hash),
            region=region,
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=args.keep_old_versions),
        )
        access = LayerAccess(
            f"{name}-access",
            LayerAccessArgs(
                layer_version_arn=version.arn,
                statements=args.statements,
                built_code_sha256=args.build.code_sha256,
                published_code_sha256=version.code_sha256,
                keep=args.keep_old_versions,
            ),
            opts=child,
        )
        aws.ssm.Parameter(
            f"{name}-parameter",
            name=parameter_name(pulumi.get_stack(), args.layer_name),
            type="String",
            value=access.layer_version_arn,
            description=f"Newest layer version of {args.layer_name}",
            region=region,
            opts=child,
        )

        self.layer_version_arn = access.layer_version_arn
        self.register_outputs({"layer_version_arn": self.layer_version_arn})
