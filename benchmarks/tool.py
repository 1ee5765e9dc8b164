"""The protocol of a compared tool, so that all tools are measured in the same way."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from benchmarks.layer_set import LayerSet
from benchmarks.toolbox import Toolbox


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One set of requirements in this run."""

    layer_set: LayerSet
    lock: Path
    """A lock of the set, made before anything is measured. Only our own variants use it."""
    warm: Path
    """A folder for caches that are kept between attempts."""
    runtime: str
    toolbox: Toolbox


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """A process to measure."""

    command: tuple[str, ...]
    folder: Path
    """Its working directory."""
    environ: Mapping[str, str]
    archive: Path
    """The layer that it writes."""
    afterwards: tuple[str, ...] = ()
    """A command that makes the archive where the tool leaves a folder; it is not measured."""


class Tool(Protocol):
    """One way to build a layer."""

    @property
    def name(self) -> str:
        """The name in files, such as `pip`."""

    @property
    def label(self) -> str:
        """The name in reports."""

    @property
    def is_ours(self) -> bool:
        """True for this product."""

    def prepare(self, case: Case, folder: Path) -> Attempt:
        """Prepare one attempt in the empty `folder`. This is not measured."""
