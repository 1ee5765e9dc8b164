"""BuilderCode: the deployment package of the builder, as objects in the archive bucket."""

from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_aws as aws

from builder_lambda.contract.targets import Target
from builder_lambda.hosts.function_archive import build_function_archive

from ..engine.run_error import as_run_error
from ..hosts.archive_keys import PREFIX
from ..hosts.hosts import CACHE
from .archive_bucket import ArchiveBucket


@dataclass(frozen=True, kw_only=True)
class BuilderCode:
    """The deployment package of the builder. Runtimes with equal packages share one object of the archive bucket."""

    name: str
    """Name of the component. Names of objects start with it."""

    home: ArchiveBucket
    given: Path | None
    """A deployment package that replaces the one made from this Python package."""

    parent: pulumi.Resource
    objects: dict[str, aws.s3.BucketObjectv2]
    """The objects registered so far, by key."""

    def key(self, target: Target) -> pulumi.Output[str]:
        """Return the key of the deployment package for a target, and register its object if necessary."""
        with as_run_error():
            path = self.given or build_function_archive(target, CACHE).path
        key = f"{PREFIX}builder/{path.name}"
        if key not in self.objects:
            self.objects[key] = aws.s3.BucketObjectv2(
                f"{self.name}-code-{len(self.objects)}" if self.objects else f"{self.name}-code",
                bucket=self.home.bucket,
                key=key,
                source=pulumi.FileAsset(str(path)),
                region=self.home.region,
                opts=pulumi.ResourceOptions(parent=self.parent),
            )
        return self.objects[key].key
