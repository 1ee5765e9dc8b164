"""The lines of dependency groups (PEP 735) with their keys in the file, and the problems of the groups.

Pure. ``packaging.dependency_groups`` checks the includes, but does not say where lines are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from packaging.dependency_groups import DependencyGroupResolver
from packaging.utils import canonicalize_name

from builder_lambda.errors.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from packaging.utils import NormalizedName

    from builder_lambda.requirements.project_file import ToolTables

Groups: TypeAlias = "Mapping[str, Sequence[str | Mapping[str, str]]]"


@dataclass(frozen=True, kw_only=True, slots=True)
class ProjectLine:
    """A requirement in a file of a project."""

    key: str
    """Path of keys, such as ``project.dependencies[2]``."""

    text: str


def unknown_groups(groups: Groups, chosen: Sequence[str], tool: ToolTables) -> Iterator[Problem]:
    """Yield the chosen groups that do not exist, and those that a tool's own table extends."""
    known = {canonicalize_name(name) for name in groups}
    has = f"the project has {', '.join(map(repr, sorted(groups)))}" if groups else "the project has none"
    for name in dict.fromkeys(chosen):
        key, is_known = f"dependency-groups.{name}", canonicalize_name(name) in known
        elsewhere = _in_tools(name, tool)
        if elsewhere:
            place, lock = elsewhere
            more = "more of it" if is_known else "it"
            reason = f"{place} has {more}, and a tool's own groups are not read; write it here (PEP 735), or use {lock}"
            yield Problem(place=key, reason=reason)
        elif not is_known:
            yield Problem(place=key, reason=f"there is no such group; {has}")


def group_problems(groups: Groups, chosen: Sequence[str]) -> Iterator[Problem]:
    """Yield the problems of the chosen groups, except those of single requirement lines."""
    reached = reached_groups(groups, chosen)
    for name, members in reached.values():
        for index, member in enumerate(members):
            if _is_invalid(member):
                reason = f"Invalid dependency group item: {member}"
                yield Problem(place=f"dependency-groups.{name}[{index}]", reason=reason)
    try:
        resolver = DependencyGroupResolver(  # includes only: it would stop at the first invalid line
            {
                name: [m for m in members if not isinstance(m, str) and not _is_invalid(m)]
                for name, members in groups.items()
            }
        )
    except ExceptionGroup as errors:
        yield from (Problem(place="dependency-groups", reason=str(error)) for error in errors.exceptions)
        return
    for name in dict.fromkeys(chosen):
        if canonicalize_name(name) not in reached:
            continue
        try:
            resolver.resolve(name)
        except ExceptionGroup as errors:
            for error in errors.exceptions:
                yield Problem(place=f"dependency-groups.{name}", reason=str(error))


def group_lines(groups: Groups, chosen: Sequence[str]) -> Iterator[ProjectLine]:
    """Yield the requirements of the chosen groups and of the groups that they include, each group once."""
    for name, members in reached_groups(groups, chosen).values():
        for index, member in enumerate(members):
            if isinstance(member, str):
                yield ProjectLine(key=f"dependency-groups.{name}[{index}]", text=member)


def reached_groups(
    groups: Groups, chosen: Sequence[str]
) -> dict[NormalizedName, tuple[str, Sequence[str | Mapping[str, str]]]]:
    """Return the chosen groups and those that they include, as far as they exist, with their names as written."""
    by_name = {canonicalize_name(name): (name, members) for name, members in groups.items()}
    waiting = [canonicalize_name(name) for name in chosen]
    reached: dict[NormalizedName, tuple[str, Sequence[str | Mapping[str, str]]]] = {}
    while waiting:
        key = waiting.pop(0)
        if key in reached or key not in by_name:
            continue
        reached[key] = by_name[key]
        members = by_name[key][1]
        waiting += [canonicalize_name(each.get("include-group", "")) for each in members if not isinstance(each, str)]
    return reached


def _is_invalid(member: str | Mapping[str, str]) -> bool:
    return not isinstance(member, str) and member.keys() != {"include-group"}


def _in_tools(name: str, tool: ToolTables) -> tuple[str, str] | None:
    """Return the table of a tool that declares such a group, and the lock that contains it."""
    key = canonicalize_name(name)
    declared = {
        **{canonicalize_name(each): (f"tool.pdm.dev-dependencies.{each}", "a pylock.toml") for each in tool.pdm.groups},
        **{canonicalize_name(each): (f"tool.poetry.group.{each}", "the poetry.lock") for each in tool.poetry.groups},
    }
    if tool.poetry.dev:
        declared[canonicalize_name("dev")] = ("tool.poetry.dev-dependencies", "the poetry.lock")
    if tool.uv.dev:
        declared[canonicalize_name("dev")] = ("tool.uv.dev-dependencies", "the uv.lock")
    return declared.get(key)
