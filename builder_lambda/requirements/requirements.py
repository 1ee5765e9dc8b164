"""Requirement lines in, their one normal form out, or every fault at once.

Pure. The normal form does not change with comments, blank lines, order, repetition or spelling of names,
so that only a change of meaning is a change. Files are read by ``requirement_files.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from builder_lambda.contract.urls import redacted
from builder_lambda.errors.requirements import Fault, InvalidRequirements
from builder_lambda.requirements.line import InvalidLine, hashes_of, logical_lines, normalise_line, without_hashes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from packaging.markers import Environment

    from builder_lambda.requirements.local_wheel import LocalWheel
    from builder_lambda.requirements.local_wheels import LocalWheels


@dataclass(frozen=True, kw_only=True, slots=True)
class Requirements:
    """What a layer must hold (requirements), and what else may only be so (constraints), in normal form."""

    requirements: tuple[str, ...]
    """Normalised, sorted, without repetition; hashes follow as ``--hash=sha256:...``."""

    constraints: tuple[str, ...] = ()

    local_wheels: tuple[LocalWheel, ...] = field(default=(), compare=False)
    """The files of wheels that the lines name by content, for who puts them into the archive store."""

    def without_hashes(self) -> Requirements:
        """Return the same without hashes, for tools that read them differently from us."""
        return Requirements(
            requirements=_unique(map(without_hashes, self.requirements)),
            constraints=_unique(map(without_hashes, self.constraints)),
            local_wheels=self.local_wheels,
        )

    def hashes(self, environment: Environment) -> dict[str, frozenset[str]]:
        """Return the sha256 values that are accepted for each project that has any.

        Lines whose marker is false in ``environment`` do not count. A project that two lines give hashes for
        may have one of either.
        """
        accepted: dict[str, frozenset[str]] = {}
        for line in (*self.requirements, *self.constraints):
            digests = hashes_of(line)
            requirement = Requirement(without_hashes(line))
            applies = requirement.marker is None or requirement.marker.evaluate(cast("dict[str, str]", environment))
            if digests and applies:
                name = canonicalize_name(requirement.name)
                accepted[name] = accepted.get(name, frozenset()) | digests
        return accepted


def parse_requirements(
    lines: Sequence[str],
    *,
    constraints: Sequence[str] = (),
    source: str = "requirements",
    local_wheels: LocalWheels | None = None,
) -> Requirements:
    """Return ``lines``, as they stand in a requirements file, in normal form.

    :param source: what the list is called in faults.
    :param local_wheels: reads wheels that lines name by path; without it there can be none.
    :raises InvalidRequirements: with every line that cannot be used.
    """
    faults: list[Fault] = []
    normal = []
    for given, is_constraint, name in ((lines, False, source), (constraints, True, "constraints")):
        found = []
        for number, text in logical_lines(given):
            try:
                line = text if local_wheels is None or is_constraint else local_wheels.line(text)
                found.append(normalise_line(line, is_constraint=is_constraint))
            except InvalidLine as error:
                faults.append(Fault(source=name, line=number, text=redacted(text), reason=str(error)))
        normal.append(_unique(found))
    if faults:
        raise InvalidRequirements(faults=tuple(faults))
    files = local_wheels.found if local_wheels is not None else ()
    return Requirements(requirements=normal[0], constraints=normal[1], local_wheels=files)


def _unique(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(lines)))
