"""BuilderFunctionsArgs: the settings of builder functions, of either kind."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from builder_lambda import Architecture, IndexOptions, Target

from .archive_bucket import ArchiveBucket
from .builder_code import BuilderCode


@dataclass(frozen=True, kw_only=True)
class BuilderFunctionsArgs:
    """What the functions are given."""

    targets: Collection[Target]
    """What they run on."""

    home: ArchiveBucket
    """The bucket that they write to."""

    code: BuilderCode
    architecture: Architecture
    memory_mb: int
    timeout_seconds: int
    log_retention_days: int
    environment: Mapping[str, str]
    index: IndexOptions

    source_builds: bool = False
    """Whether there are functions for source builds beside them."""

    def logs(self, stem: str, opts: pulumi.ResourceOptions) -> dict[Target, aws.cloudwatch.LogGroup]:
        """Register a log group for the function of each target."""
        return {
            target: aws.cloudwatch.LogGroup(
                f"{stem}-{target.slug}-log",
                region=self.home.region,
                retention_in_days=self.log_retention_days,
                opts=opts,
            )
            for target in self.targets
        }
