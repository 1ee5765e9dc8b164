"""The members of dependency groups (PEP 735), each with the place where it stands, or what is wrong with the groups.

Pure. ``packaging.dependency_groups`` decides what is right; here is added where it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from packaging.dependency_groups import DependencyGroupResolver
from packaging.requirements import InvalidRequirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Groups: TypeAlias = "Mapping[str, Sequence[str | Mapping[str, str]]]"


@dataclass(frozen=True, kw_only=True, slots=True)
class ProjectLine:
    """A requirement in a file of a project."""

    key: str
    """Path of keys, such as ``project.dependencies[2]``."""

    text: str


def group_faults(groups: Groups, chosen: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield key and reason of all that is wrong with the chosen groups, but for what their lines say."""
    try:
        resolver = DependencyGroupResolver(groups)
    except ExceptionGroup as errors:
        yield from (("dependency-groups", str(error)) for error in errors.exceptions)
        return
    known = {canonicalize_name(name) for name in groups}
    for name in chosen:
        if canonicalize_name(name) not in known:
            has = f"the project has {', '.join(map(repr, sorted(groups)))}" if groups else "the project has none"
            yield f"dependency-groups.{name}", f"there is no such group; {has}"
            continue
        try:
            resolver.resolve(name)
        except ExceptionGroup as errors:
            for error in errors.exceptions:
                if not isinstance(error, InvalidRequirement):
                    yield f"dependency-groups.{name}", str(error)


def group_lines(groups: Groups, chosen: Sequence[str]) -> Iterator[ProjectLine]:
    """Yield the requirements of the chosen groups and of those that they include, each group once."""
    by_name = {canonicalize_name(name): (name, members) for name, members in groups.items()}
    waiting = [canonicalize_name(name) for name in chosen]
    done = set[str]()
    while waiting:
        key = waiting.pop(0)
        if key in done or key not in by_name:
            continue
        done.add(key)
        name, members = by_name[key]
        for index, member in enumerate(members):
            if isinstance(member, str):
                yield ProjectLine(key=f"dependency-groups.{name}[{index}]", text=member)
            else:
                waiting.append(canonicalize_name(member.get("include-group", "")))
