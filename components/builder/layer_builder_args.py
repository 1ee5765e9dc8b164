"""LayerBuilderArgs: where layers exist, and where they are built."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from builder_lambda.contract.index_options import IndexOptions
from builder_lambda.contract.targets import Architecture

from ..hosts.build_container import SAM_IMAGE
from ..hosts.hosts import HOST_ORDER, Host


@dataclass(frozen=True, kw_only=True)
class LayerBuilderArgs:
    """Where layers are to exist, and what builds them.

    All values but the tags are plain: they shape the resource tree.
    """

    regions: Sequence[str]
    """Regions of the layers. The builder runs in the first, the home region."""

    runtimes: Sequence[str]
    """Lambda runtimes that layers are built for, such as ``python3.13``. Each has a builder function."""

    host: Host = "lambda"
    """Where layers are built that name no host: ``lambda``, ``local`` (this machine, in process), ``container`` (Docker
    or Podman on this machine), ``codebuild``, or ``auto``, which asks those of ``host_order`` one after another."""

    hosts: Sequence[Host] = ()
    """Hosts that layers name besides. Only what ``lambda`` and ``codebuild`` need is deployed."""

    host_order: Sequence[Host] = HOST_ORDER
    """What ``auto`` asks, in this order."""

    image: str = SAM_IMAGE
    """Image of containers and of CodeBuild; ``{runtime}`` and ``{architecture}`` in it are filled in."""

    network: str | None = None
    """Network of containers that build from source, as ``docker run --network`` takes it."""

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

    source_builds: bool = False
    """Whether the host ``lambda`` can build packages from source, for layers that allow it: a further function per
    runtime, whose role may do nothing but write its log. The other hosts need nothing for it."""

    index: IndexOptions = field(default_factory=IndexOptions)
    """Where packages come from, in order, with logins by reference only; without it what the environment names."""

    code: Path | None = None
    """Archive of the builder function, where it is not to be made of this package."""
