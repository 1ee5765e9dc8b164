"""LayerBuilder: what builds layers in the cloud. A bucket per region, one builder function per runtime."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs
import pulumi
import pulumi_aws as aws

from builder_lambda import Architecture, IndexOptions, Target
from builder_lambda.function_archive import build_function_archive

from . import policies
from .archive_bucket import PREFIX, ArchiveBucket
from .faults import told_without_traceback

_OLDEST_RUNTIME = (3, 11)
"""The builder's own code needs it; layers of older runtimes are built by another function, without bytecode."""

_STANDS_IN = "python3.13"
_HANDLER = "builder_lambda.handler.handler"
_CACHE = Path(platformdirs.user_cache_dir("python-layers")) / "builder"


@dataclass(frozen=True, kw_only=True)
class LayerBuilderArgs:
    """Where layers are to exist, and what builds them.

    All values but the tags are plain: they shape the resource tree.
    """

    regions: Sequence[str]
    """Regions of the layers. The builder runs in the first, the home region."""

    runtimes: Sequence[str]
    """Lambda runtimes that layers are built for, such as ``python3.13``. Each has a builder function."""

    architecture: Architecture = "x86_64"
    """Architecture that the builder functions run on; any builds layers for both."""

    memory_mb: int = 1769
    """Memory of a builder function. 1,769 MB come with one whole virtual CPU."""

    timeout_seconds: int = 900
    """Time that one build may take."""

    log_retention_days: int = 14
    """Days that the builder's log is kept."""

    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables of the builder functions, such as ``UV_INDEX_URL``. They are in the state and shown by AWS:
    nothing secret belongs here."""

    index: IndexOptions = field(default_factory=IndexOptions)
    """Where packages come from, in order, with logins by reference only; without it what the environment names."""

    code: Path | None = None
    """Archive of the builder function, where it is not to be made of this package."""


class LayerBuilder(pulumi.ComponentResource):
    """The archive buckets and the builder functions."""

    regions: tuple[str, ...]
    """Regions of the layers, the home region first."""

    runtimes: tuple[str, ...]
    """Runtimes that there is a builder function for."""

    index: IndexOptions
    """Where packages come from."""

    buckets: dict[str, ArchiveBucket]
    """Archive bucket of each region."""

    function_arns: pulumi.Output[dict[str, str]]
    """ARN of the builder function of each runtime."""

    def __init__(self, name: str, args: LayerBuilderArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Register buckets, role, log groups and functions."""
        super().__init__("layers:index:LayerBuilder", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.regions = tuple(dict.fromkeys(args.regions))
        self.runtimes = tuple(dict.fromkeys(args.runtimes))
        self.index = args.index
        self._args = args

        self.buckets = {
            region: ArchiveBucket(f"{name}-archives-{region}", region, opts=child) for region in self.regions
        }
        logs = {
            target: aws.cloudwatch.LogGroup(
                f"{name}-{target.slug}-log",
                region=self.home.region,
                retention_in_days=args.log_retention_days,
                opts=child,
            )
            for target in self._targets()
        }
        role = aws.iam.Role(f"{name}-role", assume_role_policy=policies.lambda_may_assume(), opts=child)
        permissions = aws.iam.RolePolicy(
            f"{name}-role-permissions",
            role=role.name,
            policy=pulumi.Output.all(self.home.arn, *[log.arn for log in logs.values()]).apply(
                lambda arns: policies.build_layers(bucket_arn=arns[0], prefix=PREFIX, log_group_arns=arns[1:])
            ),
            opts=child,
        )
        if document := policies.use_indexes(args.index):
            aws.iam.RolePolicy(f"{name}-role-indexes", role=role.name, policy=document, opts=child)
        codes: dict[str, aws.s3.BucketObjectv2] = {}
        self._functions = {
            target.runtime: aws.lambda_.Function(
                f"{name}-{target.slug}",
                description=f"Builds Lambda layers for {target.runtime}",
                runtime=target.runtime,
                architectures=[target.architecture],
                handler=_HANDLER,
                role=role.arn,
                s3_bucket=self.home.bucket,
                s3_key=self._code(name, target, codes).key,
                memory_size=args.memory_mb,
                timeout=args.timeout_seconds,
                ephemeral_storage={"size": 2048},
                environment={
                    "variables": {
                        **args.environment,
                        "ARCHIVE_BUCKET": self.home.bucket,
                        "ARCHIVE_PREFIX": PREFIX,
                    }
                },
                logging_config={"log_format": "JSON", "log_group": log.name},
                region=self.home.region,
                opts=pulumi.ResourceOptions(parent=self, depends_on=[permissions]),
            )
            for target, log in logs.items()
        }

        self.function_arns = pulumi.Output.all(
            **{runtime: function.arn for runtime, function in self._functions.items()}
        )
        self.register_outputs({"function_arns": self.function_arns})

    @property
    def home(self) -> ArchiveBucket:
        """Bucket of the home region, which the builder writes to."""
        return self.buckets[self.regions[0]]

    def compiles_for(self, target: Target) -> bool:
        """Tell whether a builder function has the interpreter whose bytecode the target loads."""
        return _built_on(target.runtime) == target.runtime

    def function_for(self, target: Target) -> dict[str, pulumi.Input[str | int]]:
        """Return the builder function of a target, as :class:`BuilderFunction` reads it."""
        return {
            "arn": self._functions[_built_on(target.runtime)].arn,
            "timeout_seconds": self._args.timeout_seconds,
            "memory_mb": self._args.memory_mb,
            "architecture": self._args.architecture,
        }

    def _targets(self) -> list[Target]:
        with told_without_traceback():
            targets = [Target.parse(runtime, self._args.architecture) for runtime in self.runtimes]
            runtimes = dict.fromkeys(_built_on(target.runtime) for target in targets)
            return [Target.parse(runtime, self._args.architecture) for runtime in runtimes]

    def _code(self, name: str, target: Target, codes: dict[str, aws.s3.BucketObjectv2]) -> aws.s3.BucketObjectv2:
        """Return the object that holds the function's archive; runtimes whose archives are equal share it."""
        with told_without_traceback():
            path = self._args.code or build_function_archive(target, _CACHE).path
        key = f"{PREFIX}builder/{path.name}"
        if key not in codes:
            codes[key] = aws.s3.BucketObjectv2(
                f"{name}-code-{len(codes)}" if codes else f"{name}-code",
                bucket=self.home.bucket,
                key=key,
                source=pulumi.FileAsset(str(path)),
                region=self.home.region,
                opts=pulumi.ResourceOptions(parent=self),
            )
        return codes[key]


def _built_on(runtime: str) -> str:
    """Return the runtime of the function that builds layers of a runtime."""
    version = tuple(int(part) for part in runtime.removeprefix("python").split("."))
    return runtime if version >= _OLDEST_RUNTIME else _STANDS_IN
