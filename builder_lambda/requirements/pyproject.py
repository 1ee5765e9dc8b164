"""Read the requirements of a project from its ``pyproject.toml``: dependencies, chosen extras and dependency groups.

The tables are those of the packaging specifications: ``[project]`` (PEP 621) and ``[dependency-groups]`` (PEP 735).
Settings in a tool's own table that would change the result are refused, never ignored: a package that uv takes from a
workspace or a private index must not silently come from the public one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from builder_lambda.contract.urls import redacted
from builder_lambda.errors.problem import Problem
from builder_lambda.errors.projects import InvalidProject, PythonNotAllowed, ToolSettingsUnheeded, UnknownProjectPart
from builder_lambda.errors.requirements import InvalidRequirements
from builder_lambda.errors.several import one_error
from builder_lambda.requirements.line import InvalidLine, parse_line
from builder_lambda.requirements.local_wheels import LocalWheels
from builder_lambda.requirements.project_file import ProjectFile, ProjectTable
from builder_lambda.requirements.project_groups import (
    ProjectLine,
    group_lines,
    group_problems,
    reached_groups,
    unknown_groups,
)
from builder_lambda.requirements.project_overrides import NO_OVERRIDES
from builder_lambda.requirements.project_pythons import python_problem, required_pythons, specifier_of
from builder_lambda.requirements.project_tools import setting_problems, source_problems
from builder_lambda.requirements.requirement import ParsedRequirement
from builder_lambda.requirements.requirements import Requirements

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from packaging.markers import Marker
    from packaging.specifiers import SpecifierSet

    from builder_lambda.errors.base import LayerError
    from builder_lambda.requirements.project_overrides import ProjectOverrides

_FILENAME = "pyproject.toml"


def read_project(
    path: Path, *, groups: Sequence[str] = (), extras: Sequence[str] = (), overrides: ProjectOverrides = NO_OVERRIDES
) -> Requirements:
    """Return the dependencies of the project at ``path``, with those of the chosen groups and extras.

    :param path: the folder of the project, or its ``pyproject.toml``.
    :param overrides: the targets, and build settings that override the project's.
    :raises LayerError: with everything that cannot be used, each with its key: see ``errors/projects.py``, and
        :class:`InvalidRequirements` for lines.
    """
    file = path / _FILENAME if path.is_dir() else path
    reading = _Reading(ProjectFile.read(file), LocalWheels(file.parent))
    reading.read(groups, extras, overrides)
    errors = list(reading.errors(file))
    if errors:
        raise one_error(errors)
    return Requirements.of(reading.requirements, reading.constraints, reading.local_wheels.found)


class _Reading:
    """Collects the requirements and the problems of a project."""

    def __init__(self, file: ProjectFile, local_wheels: LocalWheels) -> None:
        self._file = file
        self.local_wheels = local_wheels
        self._project = file.project or ProjectTable()
        self._own_name = canonicalize_name(self._project.name)
        self._extras = {canonicalize_name(name): name for name in self._project.optional}
        self._done = set[tuple[str, str]]()
        self._versions = dict[str, set["SpecifierSet"]]()
        self.requirements = list[ParsedRequirement]()
        self.constraints = list[ParsedRequirement]()
        self._lines = list[tuple[ProjectLine, str]]()
        self._invalid = list[Problem]()
        self._unknown = list[Problem]()
        self._pythons = list[Problem]()
        self._settings = list[Problem]()

    def read(self, groups: Sequence[str], extras: Sequence[str], overrides: ProjectOverrides) -> None:
        self._invalid += self._table_problems(groups, extras)
        for index, text in enumerate(self._project.dependencies):
            self._add(ProjectLine(key=f"project.dependencies[{index}]", text=text))
        for extra in extras:
            self._add_extra(extra, f"project.optional-dependencies.{extra}", None)
        self._unknown += unknown_groups(self._file.groups, groups, self._file.tool)
        self._invalid += group_problems(self._file.groups, groups)
        for line in group_lines(self._file.groups, groups):
            self._add(line)
        for index, text in enumerate(self._file.tool.uv.constraints):
            self._add_constraint(ProjectLine(key=f"tool.uv.constraint-dependencies[{index}]", text=text))
        self._check_pythons(groups, overrides)
        self._settings += setting_problems(self._file.tool, overrides)
        self._settings += source_problems(self._file.tool, self._versions, overrides)

    def errors(self, file: Path) -> Iterator[LayerError]:
        """Yield one error for each kind of problem that was found."""
        if self._lines:
            yield InvalidRequirements(
                problems=tuple(
                    Problem(place=f"{file.name}:{line.key}", text=redacted(line.text), reason=reason)
                    for line, reason in self._lines
                )
            )
        for kind, problems in (
            (InvalidProject, self._invalid),
            (UnknownProjectPart, self._unknown),
            (PythonNotAllowed, self._pythons),
            (ToolSettingsUnheeded, self._settings),
        ):
            if problems:
                yield kind(path=str(file), problems=tuple(problems))

    def _table_problems(self, groups: Sequence[str], extras: Sequence[str]) -> Iterator[Problem]:
        project, tool = self._project, self._file.tool
        computed = "the build backend computes the"
        if "dependencies" in project.dynamic:
            reason = f"{computed} dependencies; write them in project.dependencies"
            yield Problem(place="project.dynamic", reason=reason)
        if "optional-dependencies" in project.dynamic and extras:
            reason = f"{computed} extras; write them in project.optional-dependencies"
            yield Problem(place="project.dynamic", reason=reason)
        if tool.poetry.dependencies and not project.dependencies:
            reason = "Poetry's own table is not read; use project.dependencies, which Poetry 2 reads too"
            yield Problem(place="tool.poetry.dependencies", reason=f"{reason}, or use the project's poetry.lock")
        elif self._file.project is None and not groups:
            yield Problem(place="project", reason="there is no such table, and no dependency group is chosen")

    def _check_pythons(self, groups: Sequence[str], overrides: ProjectOverrides) -> None:
        for key, text in required_pythons(self._file, reached_groups(self._file.groups, groups)):
            specifier = specifier_of(text)
            if specifier is None:
                reason = f"{text!r} is not a version specifier such as '>=3.11' (PEP 440)"
                self._invalid.append(Problem(place=key, reason=reason))
            elif (problem := python_problem(key, specifier, overrides.targets)) is not None:
                self._pythons.append(problem)

    def _add(self, line: ProjectLine, marker: Marker | None = None) -> None:
        requirement = self._parsed(line)
        if requirement is None:
            return
        if marker is not None:
            requirement = requirement.under(marker)
        if self._own_name and requirement.name == self._own_name:
            for extra in sorted(requirement.value.extras):
                self._add_extra(extra, line.key, requirement.value.marker)
            return
        self._versions.setdefault(requirement.name, set()).add(requirement.value.specifier)
        self.requirements.append(requirement)

    def _add_extra(self, extra: str, key: str, marker: Marker | None) -> None:
        """Add the requirements of an extra. It may name other extras of the project, even in a circle."""
        name = self._extras.get(canonicalize_name(extra))
        if name is None:
            has = ", ".join(map(repr, sorted(self._project.optional)))
            reason = f"there is no extra {extra!r}; {f'the project has {has}' if has else 'the project has none'}"
            self._unknown.append(Problem(place=key, reason=reason))
        elif (name, str(marker)) not in self._done:
            self._done.add((name, str(marker)))
            for index, text in enumerate(self._project.optional[name]):
                self._add(ProjectLine(key=f"project.optional-dependencies.{name}[{index}]", text=text), marker)

    def _add_constraint(self, line: ProjectLine) -> None:
        requirement = self._parsed(line, is_constraint=True)
        if requirement is not None:
            self.constraints.append(requirement)

    def _parsed(self, line: ProjectLine, *, is_constraint: bool = False) -> ParsedRequirement | None:
        try:
            text = line.text if is_constraint else self.local_wheels.line(line.text)
            requirement = parse_line(text, is_constraint=is_constraint)
        except InvalidLine as error:
            self._lines.append((line, str(error)))
            return None
        if requirement.digests:
            self._lines.append((line, "a hash is not allowed here; use a lock or requirements.txt"))
            return None
        return requirement
