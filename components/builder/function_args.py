"""BuilderFunctionsArgs: the settings of all functions of a builder."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from builder_lambda.contract.index_options import IndexOptions
from builder_lambda.contract.targets import Architecture, Target

from .archive_bucket import ArchiveBucket
from .builder_code import BuilderCode


@dataclass(frozen=True, kw_only=True)
class BuilderFunctionsArgs:
    """The settings of all functions of a builder, of whatever kind."""

    targets: Collection[Target]
    """Runtimes and architectures, one function each."""

    home: ArchiveBucket
    """The bucket that receives archives."""

    code: BuilderCode
    architecture: Architecture
    memory_mb: int
    timeout_seconds: int
    log_retention_days: int
    environment: Mapping[str, str]
    index: IndexOptions
