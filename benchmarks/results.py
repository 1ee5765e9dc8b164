"""The results of one run, with medians and ratios."""

import json
import statistics
from dataclasses import asdict, dataclass, field
from typing import Self

from pydantic import TypeAdapter

from benchmarks.archive_facts import ArchiveFacts
from benchmarks.machine import Machine


@dataclass(kw_only=True)
class Series:
    """Repetitions of one measurement, in seconds."""

    label: str
    seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float | None:
        """The median; ``None`` without repetitions."""
        return statistics.median(self.seconds) if self.seconds else None


@dataclass(kw_only=True)
class Builds(Series):
    """Repetitions of one tool for one set, as whole processes."""

    is_ours: bool
    peak_memory_bytes: list[int] = field(default_factory=list)
    stages: list[dict[str, float]] = field(default_factory=list)
    """The seconds of each stage, as our command line reports them."""
    archive: ArchiveFacts | None = None
    failure: str | None = None
    """Why repetitions are missing."""

    @property
    def memory(self) -> float | None:
        """The median peak in bytes."""
        return statistics.median(self.peak_memory_bytes) if self.peak_memory_bytes else None


@dataclass(kw_only=True)
class Transfers(Series):
    """Repetitions of one download of all wheels."""

    size_bytes: int = 0


@dataclass(kw_only=True)
class SetResults:
    """All measurements of one set."""

    name: str
    requirements: tuple[str, ...]
    wheels: int
    wheel_bytes: int
    builds: dict[str, Builds]
    link: Transfers
    shaped: Builds
    """From a lock, without bytecode, on the shaped link."""
    shaped_limit_seconds: float
    """The seconds that the wheels take there at line speed."""
    shaped_transfer: Series = field(default_factory=lambda: Series(label="our download alone"))
    """Our download alone, on the shaped link."""
    warm_builder: Series = field(default_factory=lambda: Series(label="ours, known key, builder that runs"))
    """Answers of a running builder for a layer that it built before."""
    imports: dict[str, Series] = field(default_factory=dict)

    def ratio(self, slower: str, faster: str) -> float | None:
        """Return how many times as long `slower` takes, by medians; ``None`` if one of them has none."""
        return quotient(self._median(slower), self._median(faster))

    def import_ratio(self, layer: str, against: str) -> float | None:
        """Return the import time of a layer as a fraction of that of another one."""
        return quotient(
            self.imports[layer].median if layer in self.imports else None,
            self.imports[against].median if against in self.imports else None,
        )

    def other_versions(self, against: str = "ours-lock") -> dict[str, list[str]]:
        """Return, by tool, the packages that differ from those of `against`: that tool downloads other bytes."""
        reference = self.builds[against].archive if against in self.builds else None
        found = {}
        for name, builds in self.builds.items():
            if reference is not None and builds.archive is not None:
                differing = set(builds.archive.packages.items()) ^ set(reference.packages.items())
                if differing:
                    found[name] = sorted({package for package, _ in differing})
        return found

    def _median(self, name: str) -> float | None:
        return self.builds[name].median if name in self.builds else None


@dataclass(kw_only=True)
class Results:
    """One run."""

    machine: Machine
    runtime: str
    architecture: str
    programs: dict[str, str]
    """The version of each program."""
    repeat: int
    began: str
    """Date and time in UTC."""
    left_out: dict[str, str]
    """The tools that were not measured, and why."""
    bytes_per_second: int
    """Of the shaped link."""
    sets: list[SetResults] = field(default_factory=list)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the results that :meth:`to_json` wrote."""
        return TypeAdapter(cls).validate_json(text)

    def to_json(self) -> str:
        """Return everything as JSON, with the medians beside the repetitions."""
        tree = asdict(self)
        for written, measured in zip(tree["sets"], self.sets, strict=True):
            for name, builds in measured.builds.items():
                written["builds"][name] |= {"median": builds.median, "median_memory": builds.memory}
            for name, series in measured.imports.items():
                written["imports"][name]["median"] = series.median
            written["warm_builder"]["median"] = measured.warm_builder.median
            written["shaped_transfer"]["median"] = measured.shaped_transfer.median
            written["link"]["median"] = measured.link.median
            written["shaped"] |= {"median": measured.shaped.median, "median_memory": measured.shaped.memory}
            written["other_versions"] = measured.other_versions()
        return json.dumps(tree, indent=1) + "\n"


def quotient(upper: float | None, lower: float | None) -> float | None:
    """Return the quotient; ``None`` if a value is missing."""
    return upper / lower if upper is not None and lower else None
