"""A set of requirements and constraints in normal form, and its parser for lists of lines.

Pure. Comments, blank lines, order, repetition and the spelling of names do not change the normal form: only a change
of meaning does. ``files.py`` reads files.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from builder_lambda.contract.urls import redacted
from builder_lambda.errors.problem import Problem
from builder_lambda.errors.requirements import InvalidRequirements
from builder_lambda.requirements.line import InvalidLine, logical_lines, parse_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from packaging.markers import Environment

    from builder_lambda.requirements.local_wheels import LocalWheel, LocalWheels
    from builder_lambda.requirements.requirement import ParsedRequirement


@dataclass(frozen=True, kw_only=True, slots=True)
class Requirements:
    """Normalised requirements and constraints. Made by :meth:`of`."""

    requirements: tuple[ParsedRequirement, ...] = ()
    """What a layer must hold: sorted, each once."""

    constraints: tuple[ParsedRequirement, ...] = ()
    """Limits on the versions of further packages: sorted, each once."""

    local_wheels: tuple[LocalWheel, ...] = field(default=(), compare=False)
    """Local wheel files that the requirements name by content. The caller uploads them to the store."""

    @classmethod
    def of(
        cls,
        requirements: Iterable[ParsedRequirement],
        constraints: Iterable[ParsedRequirement] = (),
        local_wheels: Iterable[LocalWheel] = (),
    ) -> Requirements:
        """Return the set of these requirements, in any order and with repetitions."""
        return cls(
            requirements=_sorted(requirements),
            constraints=_sorted(constraints),
            local_wheels=tuple(sorted(set(local_wheels))),
        )

    @property
    def requirement_lines(self) -> tuple[str, ...]:
        """Return the text of each requirement."""
        return tuple(each.text for each in self.requirements)

    @property
    def constraint_lines(self) -> tuple[str, ...]:
        """Return the text of each constraint."""
        return tuple(each.text for each in self.constraints)

    def without_hashes(self) -> Requirements:
        """Return the set without ``--hash`` options, for tools that interpret them differently."""
        return Requirements.of(
            (each.without_hashes() for each in self.requirements),
            (each.without_hashes() for each in self.constraints),
            self.local_wheels,
        )

    def hashes(self, environment: Environment) -> dict[str, frozenset[str]]:
        """Return the accepted sha256 values of each project that has any.

        Requirements whose marker is false in ``environment`` do not count. Where two give hashes for one project, a
        hash of either is accepted.
        """
        accepted: dict[str, frozenset[str]] = {}
        for each in (*self.requirements, *self.constraints):
            sha256s = each.sha256s
            if sha256s and each.applies_to(environment):
                accepted[each.name] = accepted.get(each.name, frozenset()) | sha256s
        return accepted


def parse_requirements(
    lines: Sequence[str],
    *,
    constraints: Sequence[str] = (),
    source: str = "requirements",
    local_wheels: LocalWheels | None = None,
) -> Requirements:
    """Return the set of lines that are written as in a requirements file.

    :param source: what messages call the list.
    :param local_wheels: reads the wheels that lines name by path. Without it, a path is refused.
    :raises InvalidRequirements: with every line that cannot be used.
    """
    problems: list[Problem] = []
    found: dict[bool, list[ParsedRequirement]] = {False: [], True: []}
    for given, is_constraint, name in ((lines, False, source), (constraints, True, "constraints")):
        for number, text in logical_lines(given):
            try:
                line = text if local_wheels is None or is_constraint else local_wheels.line(text)
                found[is_constraint].append(parse_line(line, is_constraint=is_constraint))
            except InvalidLine as error:
                problems.append(Problem(place=name, line=number, text=redacted(text), reason=str(error)))
    if problems:
        raise InvalidRequirements(problems=tuple(problems))
    return Requirements.of(found[False], found[True], local_wheels.found if local_wheels is not None else ())


def _sorted(requirements: Iterable[ParsedRequirement]) -> tuple[ParsedRequirement, ...]:
    by_text = {each.text: each for each in requirements}
    return tuple(by_text[text] for text in sorted(by_text))
