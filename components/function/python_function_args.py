"""PythonFunctionArgs: the arguments of a function, and the checks that need no file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi

from builder_lambda.contract.options import BuildOptions
from builder_lambda.contract.targets import Architecture
from builder_lambda.contract.upgrade import Upgrade
from layer_deployment.names import Host

from ..attachment.attachments import AllowedNames
from ..builder.layer_builder import LayerBuilder
from ..layer.layer_source import LayerSource
from ..layer.python_layer import PythonLayer
from .dependencies import Dependencies

FunctionLayer = PythonLayer | pulumi.Input[str] | Mapping[str, pulumi.Input[str]]
"""A layer of this program, a layer version ARN, or such ARNs by region."""

_OURS = {
    "architectures",
    "code",
    "description",
    "environment",
    "handler",
    "layers",
    "logging_config",
    "memory_size",
    "package_type",
    "publish",
    "region",
    "role",
    "runtime",
    "s3_bucket",
    "s3_key",
    "s3_object_version",
    "source_code_hash",
    "timeout",
}
"""Arguments of ``aws.lambda_.Function`` that the component sets."""

_LIMITS = (("memory_mb", 128, 10_240), ("timeout_seconds", 1, 900))
_LONGEST_DESCRIPTION = 256
"""AWS: CreateFunction, "Request Body"."""


@dataclass(frozen=True, kw_only=True)
class PythonFunctionArgs:
    """The arguments of a :class:`PythonFunction`. Those that shape the resource tree are plain values."""

    builder: LayerBuilder
    """The builder of the deployment package."""

    host: Host | None = None
    """Where deployment package and layer are built. By default, the host of the builder."""

    code: Path
    """Folder of the code. Its contents go to the root of the deployment package, without files ignored by git."""

    handler: str
    """The function that Lambda calls, as ``<module>.<function>``. It must be in the code, a layer or a package."""

    runtime: str
    """Lambda runtime, such as ``python3.13``. The builder must have it."""

    architecture: Architecture = "x86_64"
    """Lambda architecture."""

    layers: Sequence[FunctionLayer] = ()
    """Layers, in the order in which Lambda unpacks them. A layer of the dependencies comes first."""

    requirements: Sequence[str] | Path | LayerSource | None = None
    """Requirements (PEP 508), the path of a requirements file, or of a project: its folder or ``pyproject.toml``."""

    lock: Path | None = None
    """A lock that is used unchanged, instead of requirements: ``pylock.toml``, ``uv.lock``, ``poetry.lock`` or
    ``Pipfile.lock``."""

    groups: Sequence[str] = ()
    """Dependency groups of the project or lock to add."""

    extras: Sequence[str] = ()
    """Extras of the project or lock to add."""

    modules: Sequence[Path] = ()
    """Your own modules and packages outside the folder: ``.py`` files and folders. They are in the package."""

    dependencies: Dependencies = "layer"
    """Where packages go: ``layer`` makes a layer for this function, ``bundle`` puts them into the package."""

    include: Sequence[str] = ()
    """Patterns (as in ``.gitignore``) of code that is ignored by git, or whose name starts with a dot."""

    exclude: Sequence[str] = ()
    """Patterns of files that are not code."""

    options: BuildOptions = field(default_factory=BuildOptions)
    """How packages are built. Code that is deployed beside a layer uses only ``bytecode`` of them."""

    exclude_newer: str | None = None
    """Ignores files uploaded later than this date, time or age, such as ``7 days``."""

    allow_source_builds: Sequence[str] = ()
    """Packages that may be built from source if no wheel fits: ``all``, or names. This runs their code."""

    upgrade: Upgrade = ()
    """Projects whose versions may change: ``all``, or names. While this is set, every run asks for the newest."""

    allow_different_versions: AllowedNames = ()
    """Distributions that may have several versions in several layers: names, or ``all``."""

    regions: Sequence[str] | None = None
    """Regions of the function, each one of the builder's. By default, the home region."""

    publish: bool = False
    """Whether every change publishes a version."""

    role: pulumi.Input[str] | None = None
    """ARN of the role. It must have the permission to write to the function's log group. By default, the component
    makes a role with only this permission."""

    memory_mb: int = 128
    """Memory. With 1,769 MB the function has one whole virtual CPU."""

    timeout_seconds: int = 3
    """Timeout of an invocation."""

    environment: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Environment variables. State and AWS show them, so they must not hold secrets."""

    log_retention_days: int = 14
    """Retention of the log."""

    description: str = ""
    """Description, up to 256 characters."""

    function_args: Mapping[str, Any] = field(default_factory=dict)
    """Further arguments of ``aws.lambda_.Function``, such as ``vpc_config``, ``tracing_config`` or ``name``."""

    @property
    def all_regions(self) -> tuple[str, ...]:
        """The regions, each once, in order."""
        return tuple(dict.fromkeys(self.regions or (self.builder.home.region,)))

    @property
    def input_files(self) -> tuple[Path, ...]:
        """The files that name packages. They are not code, even if they are in its folder."""
        given = [path for path in (self.requirements, self.lock) if isinstance(path, Path)]
        return tuple(path / "pyproject.toml" if path.is_dir() else path for path in given)

    def problems(self) -> Iterator[str]:
        """Yield the problems that show without reading a file, one sentence each."""
        yield from self.builder.problems(runtimes=[self.runtime], regions=self.all_regions, host=self.host)
        for name, lowest, highest in _LIMITS:
            value = getattr(self, name)
            if not lowest <= value <= highest:
                yield f"{name} must be from {lowest} to {highest}, not {value}"
        if len(self.description) > _LONGEST_DESCRIPTION:
            yield f"description has {len(self.description)} characters; AWS takes {_LONGEST_DESCRIPTION}"
        for name in sorted(_OURS & self.function_args.keys()):
            yield f"function_args: this component sets {name}"
        for layer in self.layers:
            if isinstance(layer, Mapping):
                for region in self.all_regions:
                    if region not in layer:
                        yield f"layers: a layer has no ARN for {region}, only for {', '.join(layer)}"
