"""Compares the goals of this product with the results of a run."""

import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from benchmarks.results import Results, SetResults, quotient

GOALS_SET = "scikit-learn"
_MEMORY_BYTES = 30_000_000


class Bound(StrEnum):
    """The side of the goal that is good."""

    AT_LEAST = "at least"
    AT_MOST = "at most"


@dataclass(frozen=True, kw_only=True, slots=True)
class Goal:
    """One goal."""

    what: str
    bound: Bound
    wanted: float
    unit: str
    measured: float | None

    @property
    def is_reached(self) -> bool | None:
        """True if the goal is reached; ``None`` if it was not measured."""
        if self.measured is None:
            return None
        return self.measured >= self.wanted if self.bound is Bound.AT_LEAST else self.measured <= self.wanted


def goals_of(results: Results) -> tuple[Goal, ...]:
    """Return all goals with the measured values. Goals of one set are left out if it was not built."""
    named = {found.name: found for found in results.sets}
    goals = list(_build_goals(named[GOALS_SET])) if GOALS_SET in named else []
    return (*goals, *(goal for found in results.sets for goal in _goals_of_every_set(found)))


def _build_goals(found: SetResults) -> Iterator[Goal]:
    for peer, times in (("pip", 20), ("uv", 8), ("sam", 10)):
        yield _times(found, f"cold, no bytecode, against {peer}", peer, "ours-cold", times)
    yield _times(found, "from a lock, bytecode, slim, first time, against pip", "pip", "ours-slim", 9)
    yield _times(found, "from a lock, bytecode, slim, wheels seen, against pip", "pip", "ours-seen", 25)
    yield Goal(
        what="wheels fetched and laid out on the shaped link, part of line speed",
        bound=Bound.AT_LEAST,
        wanted=0.9,
        unit="",
        measured=quotient(found.shaped_limit_seconds, arrival_seconds(found)),
    )
    known = found.builds.get("ours-known")
    yield Goal(
        what="known key, whole process",
        bound=Bound.AT_MOST,
        wanted=0.25,
        unit="s",
        measured=known.median if known else None,
    )
    yield Goal(
        what="known key, builder that runs",
        bound=Bound.AT_MOST,
        wanted=0.05,
        unit="s",
        measured=found.warm_builder.median,
    )


def arrival_seconds(found: SetResults) -> float | None:
    """Return the median time until the last wheel is downloaded and laid out, in a build on the shaped link.

    Wheels are laid out and modules imported while other wheels are downloaded: the stages together are that time.
    """
    fetches = [stages["fetch"] + stages["lay-out"] for stages in found.shaped.stages if "fetch" in stages]
    return statistics.median(fetches) if fetches else None


def _goals_of_every_set(found: SetResults) -> Iterator[Goal]:
    built = found.builds.get("ours-bytecode")
    fits = built is not None and built.archive is not None and built.archive.has_bytecode
    # Bytecode that does not fit is left out; it fits into the slim layer.
    layer, slim = ("ours-bytecode", "") if fits else ("ours-slim", ", slim")
    yield Goal(
        what=f"import with bytecode{slim}, part of without: {found.name}",
        bound=Bound.AT_MOST,
        wanted=0.65,
        unit="",
        measured=found.import_ratio(layer, "ours-lock"),
    )
    lock = found.builds.get("ours-lock")
    yield Goal(
        what=f"memory without bytecode, above the wheels: {found.name}",
        bound=Bound.AT_MOST,
        wanted=_MEMORY_BYTES / 1e6,
        unit="MB",
        measured=(lock.memory - found.wheel_bytes) / 1e6 if lock and lock.memory else None,
    )


def _times(found: SetResults, what: str, slower: str, faster: str, wanted: float) -> Goal:
    return Goal(what=what, bound=Bound.AT_LEAST, wanted=wanted, unit="x", measured=found.ratio(slower, faster))
