"""PythonLayerArgs: what a layer consists of, where it exists, and who may use it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from builder_lambda.contract.options import BuildOptions
from builder_lambda.contract.targets import Architecture
from builder_lambda.contract.upgrade import Upgrade
from layer_deployment.names import Host

from ..builder.layer_builder import LayerBuilder
from ..dynamic.statements import ShareWith, invalid_principals
from .layer_source import LayerSource


@dataclass(frozen=True, kw_only=True)
class PythonLayerArgs:
    """What a :class:`PythonLayer` consists of. All values are plain, because they shape the resource tree."""

    builder: LayerBuilder
    """The builder of the layer. It also decides in which regions layers can exist."""

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
    """Your own modules and packages: ``.py`` files and folders."""

    options: BuildOptions = field(default_factory=BuildOptions)
    """How the archive is built: bytecode, slimming, layout, size budget."""

    exclude_newer: str | None = None
    """Ignores files uploaded later than this date, time or age, such as ``7 days``."""

    upgrade: Upgrade = ()
    """Projects whose versions may change: ``all``, or names. While this is set, every run asks for the newest."""

    allow_source_builds: Sequence[str] = ()
    """Packages that may be built from source if no wheel fits: ``all``, or names. This runs their code on the host of
    the build. The host ``lambda`` needs ``source_builds`` of the builder for it."""

    runtimes: Sequence[str] | None = None
    """Lambda runtimes of the layer, each one of the builder's. By default, all of them."""

    architectures: Sequence[Architecture] = ("x86_64",)
    """Lambda architectures of the layer."""

    regions: Sequence[str] | None = None
    """Regions of the layer, each one of the builder's. By default, all of them."""

    share_with: ShareWith = field(default_factory=ShareWith)
    """Who may use the layer, apart from the account that owns it."""

    keep_old_versions: bool = True
    """Whether published versions and their grants stay when the layer changes or is destroyed."""

    layer_name: str | None = None
    """Start of the layer's name in AWS, before ``-python313-x86_64``. By default, the name of the resource."""

    parameter_prefix: str | None = None
    """Start of the name of the SSM parameter with the newest ARN: a path such as ``/shared/layers``. By default,
    ``/python-layers/<project>/<stack>``. The name of the layer follows."""

    host: Host | None = None
    """Where the layer is built: ``lambda``, ``local``, ``container``, ``codebuild`` or ``auto``. By default, the host
    of the builder."""

    @property
    def all_runtimes(self) -> tuple[str, ...]:
        """The runtimes, each once, in order."""
        return tuple(dict.fromkeys(self.runtimes or self.builder.runtimes))

    def problems(self) -> Iterator[str]:
        """Yield the problems that show without reading a file, one sentence each."""
        yield from (f"share_with: {problem}" for problem in invalid_principals(self.share_with))
        yield from self.builder.problems(runtimes=self.all_runtimes, regions=self.regions or (), host=self.host)
        if self.options.layout == "function":
            yield "the layout 'function' is for the deployment package of a PythonFunction"
