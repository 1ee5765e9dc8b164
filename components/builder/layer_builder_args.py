"""LayerBuilderArgs: where layers exist, and where they are built."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from builder_lambda.contract.index_options import IndexOptions
from builder_lambda.contract.targets import Architecture
from layer_deployment.names import Host

from ..hosts.build_container import SAM_IMAGE
from ..hosts.hosts import HOST_ORDER


@dataclass(frozen=True, kw_only=True)
class LayerBuilderArgs:
    """Where layers exist, and where they are built. All values are plain, because they shape the resource tree."""

    regions: Sequence[str]
    """Regions of the layers. The first is the home region, where the builder runs."""

    runtimes: Sequence[str]
    """Lambda runtimes of the layers, such as ``python3.13``. Each has a builder function."""

    host: Host = "lambda"
    """Host of layers that name none: ``lambda``, ``local`` (this process), ``container`` (Docker or Podman on this
    machine), ``codebuild``, or ``auto`` (the first of ``host_order`` that can)."""

    hosts: Sequence[Host] = ()
    """Further hosts that layers name. Only ``lambda`` and ``codebuild`` need resources."""

    host_order: Sequence[Host] = HOST_ORDER
    """The hosts that ``auto`` tries, in this order."""

    image: str = SAM_IMAGE
    """Image of containers and of CodeBuild. Its ``{runtime}`` and ``{architecture}`` are replaced."""

    network: str | None = None
    """Network of containers that build from source: a value of ``docker run --network``."""

    architecture: Architecture = "x86_64"
    """Architecture of the builder functions. Either builds layers for both."""

    memory_mb: int = 1769
    """Memory of a builder function. With 1,769 MB it has one whole virtual CPU."""

    timeout_seconds: int = 900
    """Timeout of a build."""

    log_retention_days: int = 14
    """Retention of the builder's log."""

    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables of the builder functions, such as ``UV_INDEX_URL``. State and AWS show them, so they must not hold
    secrets."""

    source_builds: bool = False
    """Whether the hosts ``lambda`` and ``codebuild`` can build packages from source, for layers that allow it. This
    adds a function or project per runtime. It runs the code of packages, so its role may do next to nothing. The hosts
    ``local`` and ``container`` do not need this option."""

    index: IndexOptions = field(default_factory=IndexOptions)
    """Package indexes in order, with logins by reference only. By default, those of ``environment``."""

    code: Path | None = None
    """Deployment package of the builder. By default, it is made from this Python package."""
