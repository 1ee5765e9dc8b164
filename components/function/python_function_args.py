"""PythonFunctionArgs: what a function is made of, and what is wrong with it as far as no file has to be read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi

from builder_lambda.contract.options import BuildOptions
from builder_lambda.contract.targets import Architecture
from builder_lambda.contract.upgrade import Upgrade

from ..attachment.attachments import AllowedNames
from ..builder.layer_builder import LayerBuilder
from ..hosts.hosts import Host
from ..layer.layer_source import LayerSource
from ..layer.python_layer import PythonLayer
from .dependencies import Dependencies

FunctionLayer = PythonLayer | pulumi.Input[str] | Mapping[str, pulumi.Input[str]]
"""A layer of this program; or a layer version ARN, by region where the function is in several."""

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
"""Arguments of ``aws.lambda_.Function`` that are made here."""

_LIMITS = (("memory_mb", 128, 10_240), ("timeout_seconds", 1, 900))
_LONGEST_DESCRIPTION = 256
"""AWS: CreateFunction, "Request Body"."""


@dataclass(frozen=True, kw_only=True)
class PythonFunctionArgs:
    """What a :class:`PythonFunction` is made of. What is no ``pulumi.Input`` is plain: it shapes the resource tree."""

    builder: LayerBuilder
    """Who builds the payload."""

    host: Host | None = None
    """Where payload and layer are built; without it, where the builder says."""

    code: Path
    """Folder whose contents go to the root of the payload, without what its ``.gitignore`` files name."""

    handler: str
    """What Lambda calls, as ``<module>.<function>``. It must be in the code, unless layers or packages may have it."""

    runtime: str
    """Lambda runtime, such as ``python3.13``; one of the builder's."""

    architecture: Architecture = "x86_64"
    """Lambda architecture."""

    layers: Sequence[FunctionLayer] = ()
    """Layers, in the order in which Lambda unpacks them; a layer of the dependencies goes before them."""

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
    """Own modules and packages from elsewhere: ``.py`` files and folders. Being code, they are in the payload."""

    dependencies: Dependencies = "layer"
    """Where packages go: ``layer`` makes a layer of this function, ``bundle`` puts them into the payload."""

    include: Sequence[str] = ()
    """Patterns (as in ``.gitignore``) of files that are code although they are ignored, or begin with a dot."""

    exclude: Sequence[str] = ()
    """Patterns of files that are not code."""

    options: BuildOptions = field(default_factory=BuildOptions)
    """How packages are built, in their layer or in the payload. Own code beside a layer heeds ``bytecode`` only."""

    exclude_newer: str | None = None
    """Leaves out what was uploaded later, or is younger: a date, time or duration such as ``7 days``."""

    allow_source_builds: Sequence[str] = ()
    """What may be built from source where no wheel fits: ``all``, or names. It runs code of these packages."""

    upgrade: Upgrade = ()
    """What does not keep its version: ``all``, or names. While it is set, every run asks for the newest."""

    allow_different_versions: AllowedNames = ()
    """Distributions that may come in several versions, from several layers, by name; or ``all``."""

    regions: Sequence[str] | None = None
    """Regions of the function: some of the builder's; without it the home region."""

    publish: bool = False
    """Whether every change publishes a version."""

    role: pulumi.Input[str] | None = None
    """ARN of the role, which must be allowed to write to the function's log group; without it one is made that may do
    that, and nothing else."""

    memory_mb: int = 128
    """Memory; 1,769 MB come with one whole virtual CPU."""

    timeout_seconds: int = 3
    """Time that one invocation may take."""

    environment: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Variables. They are in the state and shown by AWS: nothing secret belongs here."""

    log_retention_days: int = 14
    """Days that the log is kept."""

    description: str = ""
    """What AWS shows, up to 256 characters."""

    function_args: Mapping[str, Any] = field(default_factory=dict)
    """Further arguments of ``aws.lambda_.Function``, such as ``vpc_config``, ``tracing_config`` or ``name``."""

    @property
    def all_regions(self) -> tuple[str, ...]:
        """The regions, each once, in their order."""
        return tuple(dict.fromkeys(self.regions or (self.builder.home.region,)))

    @property
    def input_files(self) -> tuple[Path, ...]:
        """The files that packages are read from: none of them is code, wherever it lies."""
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
            yield f"function_args: {name} is made by this component"
        for layer in self.layers:
            if isinstance(layer, Mapping):
                for region in self.all_regions:
                    if region not in layer:
                        yield f"layers: a layer has no ARN for {region}, only for {', '.join(layer)}"
