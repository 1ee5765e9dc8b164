"""Read the requirements of a project from its ``pyproject.toml``: dependencies, chosen extras and dependency groups.

The tables are those of the packaging specifications: ``[project]`` (PEP 621) and ``[dependency-groups]`` (PEP 735).
What a tool adds in a table of its own and what would change the outcome is refused, never passed over: a
requirement that uv takes from a workspace must not silently come from an index.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from pydantic import BaseModel, Field, ValidationError

from builder_lambda.errors import Fault, InvalidRequirements
from builder_lambda.local_wheels import LocalWheels
from builder_lambda.project_groups import ProjectLine, group_faults, group_lines
from builder_lambda.requirement_line import InvalidLine, normalise_line
from builder_lambda.requirements import Requirements
from builder_lambda.unreadable_lock import key_path
from builder_lambda.urls import redacted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from packaging.markers import Marker

_FILENAME = "pyproject.toml"


class _Project(BaseModel):
    name: str = ""
    dependencies: list[str] = Field(default_factory=list)
    optional: dict[str, list[str]] = Field(alias="optional-dependencies", default_factory=dict)
    dynamic: list[str] = Field(default_factory=list)


class _Uv(BaseModel):
    sources: dict[str, object] = Field(default_factory=dict)
    constraints: list[str] = Field(alias="constraint-dependencies", default_factory=list)
    overrides: list[object] = Field(alias="override-dependencies", default_factory=list)
    excluded: list[object] = Field(alias="exclude-dependencies", default_factory=list)


class _Poetry(BaseModel):
    dependencies: dict[str, object] = Field(default_factory=dict)


class _Tool(BaseModel):
    uv: _Uv = Field(default_factory=_Uv)
    poetry: _Poetry = Field(default_factory=_Poetry)


class _File(BaseModel):
    project: _Project | None = None
    groups: dict[str, list[str | dict[str, str]]] = Field(alias="dependency-groups", default_factory=dict)
    tool: _Tool = Field(default_factory=_Tool)


def read_project(path: Path, *, groups: Sequence[str] = (), extras: Sequence[str] = ()) -> Requirements:
    """Return the dependencies of the project at ``path`` with those of the chosen groups and extras, in normal form.

    :param path: the folder of the project, or its ``pyproject.toml``.
    :raises InvalidRequirements: with everything that cannot be used, each with file and key.
    """
    file = path / _FILENAME if path.is_dir() else path
    try:
        content = _File.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise _invalid(file, [("", "", "there is no such file")]) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _invalid(file, [("", "", f"it cannot be read: {error}")]) from error
    except ValidationError as error:
        raise _invalid(file, [(key_path(item["loc"]), "", item["msg"]) for item in error.errors()]) from error

    reading = _Reading(content, LocalWheels(file.parent))
    reading.read(groups, extras)
    if reading.faults:
        raise _invalid(file, reading.faults)
    return Requirements(
        requirements=tuple(sorted(reading.requirements)),
        constraints=tuple(sorted(reading.constraints)),
        local_wheels=reading.local_wheels.found,
    )


def _invalid(file: Path, faults: Sequence[tuple[str, str, str]]) -> InvalidRequirements:
    return InvalidRequirements(
        faults=tuple(
            Fault(source=f"{file.name}:{key}" if key else file.name, line=None, text=redacted(text), reason=reason)
            for key, text, reason in faults
        )
    )


class _Reading:
    """What was found so far."""

    def __init__(self, file: _File, local_wheels: LocalWheels) -> None:
        self._file = file
        self.local_wheels = local_wheels
        self._project = file.project or _Project()
        self._own_name = canonicalize_name(self._project.name)
        self._extras = {canonicalize_name(name): name for name in self._project.optional}
        self._done = set[tuple[str, str]]()
        self._names = set[str]()
        self.requirements = set[str]()
        self.constraints = set[str]()
        self.faults = list[tuple[str, str, str]]()

    def read(self, groups: Sequence[str], extras: Sequence[str]) -> None:
        self.faults += [(key, "", reason) for key, reason in self._table_faults(groups, extras)]
        for index, text in enumerate(self._project.dependencies):
            self._add(ProjectLine(key=f"project.dependencies[{index}]", text=text))
        for extra in extras:
            self._add_extra(extra, f"project.optional-dependencies.{extra}", None)
        self.faults += [(key, "", reason) for key, reason in group_faults(self._file.groups, groups)]
        for line in group_lines(self._file.groups, groups):
            self._add(line)
        for index, text in enumerate(self._file.tool.uv.constraints):
            self._add_constraint(ProjectLine(key=f"tool.uv.constraint-dependencies[{index}]", text=text))
        self.faults += [(key, "", reason) for key, reason in self._diverted()]

    def _table_faults(self, groups: Sequence[str], extras: Sequence[str]) -> Iterator[tuple[str, str]]:
        project, tool = self._project, self._file.tool
        if "dependencies" in project.dynamic:
            yield "project.dynamic", "the build backend computes the dependencies; write them in project.dependencies"
        if "optional-dependencies" in project.dynamic and extras:
            yield (
                "project.dynamic",
                "the build backend computes the extras; write them in project.optional-dependencies",
            )
        if tool.poetry.dependencies and not project.dependencies:
            reason = "Poetry's own table is not read; write project.dependencies, which Poetry 2 reads too"
            yield "tool.poetry.dependencies", f"{reason}, or give the project's poetry.lock"
        elif self._file.project is None and not groups:
            yield "project", "there is no such table, and no dependency group is chosen"
        for key, values in (("override", tool.uv.overrides), ("exclude", tool.uv.excluded)):
            if values:
                yield (
                    f"tool.uv.{key}-dependencies",
                    "only uv knows them; give the project's uv.lock in its place",
                )

    def _diverted(self) -> Iterator[tuple[str, str]]:
        """Yield what a tool takes from elsewhere than an index, for names that are required."""
        uv, poetry = self._file.tool.uv.sources, self._file.tool.poetry.dependencies
        for name in uv:
            if canonicalize_name(name) in self._names:
                yield f"tool.uv.sources.{name}", "only uv knows this source; give the project's uv.lock in its place"
        for name, value in poetry.items():
            if canonicalize_name(name) in self._names and not isinstance(value, str):
                reason = "only Poetry knows this; give the project's poetry.lock in its place"
                yield f"tool.poetry.dependencies.{name}", reason

    def _add(self, line: ProjectLine, marker: Marker | None = None) -> None:
        requirement = self._parsed(line)
        if requirement is None:
            return
        if marker is not None:
            requirement.marker = requirement.marker & marker if requirement.marker else marker
        if self._own_name and requirement.name == self._own_name:
            for extra in sorted(requirement.extras):
                self._add_extra(extra, line.key, requirement.marker)
            return
        self._names.add(requirement.name)
        self.requirements.add(str(requirement))

    def _add_extra(self, extra: str, key: str, marker: Marker | None) -> None:
        """Add what an extra brings; an extra may name others of the project itself, even in a circle."""
        name = self._extras.get(canonicalize_name(extra))
        if name is None:
            has = ", ".join(map(repr, sorted(self._project.optional)))
            reason = f"there is no extra {extra!r}; {f'the project has {has}' if has else 'the project has none'}"
            self.faults.append((key, "", reason))
        elif (name, str(marker)) not in self._done:
            self._done.add((name, str(marker)))
            for index, text in enumerate(self._project.optional[name]):
                self._add(ProjectLine(key=f"project.optional-dependencies.{name}[{index}]", text=text), marker)

    def _add_constraint(self, line: ProjectLine) -> None:
        requirement = self._parsed(line, is_constraint=True)
        if requirement is not None:
            self.constraints.add(str(requirement))

    def _parsed(self, line: ProjectLine, *, is_constraint: bool = False) -> Requirement | None:
        try:
            text = line.text if is_constraint else self.local_wheels.line(line.text)
            normal = normalise_line(text, is_constraint=is_constraint)
        except InvalidLine as error:
            self.faults.append((line.key, line.text, str(error)))
            return None
        if " --hash=" in normal:
            self.faults.append((line.key, line.text, "a hash has no place here; give a lock, or requirements.txt"))
            return None
        return Requirement(normal)
