"""What every contender has to tell, so that all are measured alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from benchmarks.layer_set import LayerSet
from benchmarks.toolbox import Toolbox


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One set, as it is built in this run."""

    layer_set: LayerSet
    lock: Path
    """A lock of the set, made before anything is measured. Only our own contenders take it."""
    warm: Path
    """A folder for caches that outlast one attempt."""
    runtime: str
    tools: Toolbox


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """A process to measure."""

    command: tuple[str, ...]
    folder: Path
    """Where it runs."""
    environ: Mapping[str, str]
    archive: Path
    """The layer that is there afterwards."""
    afterwards: tuple[str, ...] = ()
    """Makes the archive, unmeasured, where the contender itself leaves a folder."""


class Contender(Protocol):
    """A way to a layer."""

    @property
    def name(self) -> str:
        """In files, such as `pip`."""

    @property
    def label(self) -> str:
        """For people."""

    @property
    def is_ours(self) -> bool:
        """Whether it is this product."""

    def prepare(self, case: Case, folder: Path) -> Attempt:
        """Lay out in `folder`, which is empty, what one attempt needs. Nothing of it is measured."""
