"""Check ``requires-python`` of a project and its groups against the targets (PEP 621, PEP 440)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from builder_lambda.errors.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from builder_lambda.contract.targets import Target
    from builder_lambda.requirements.project_file import ProjectFile


def required_pythons(file: ProjectFile, groups: Container[str]) -> Iterator[tuple[str, str]]:
    """Yield the key and the text of each ``requires-python`` of the project and these groups."""
    if file.project is not None and file.project.requires_python is not None:
        yield "project.requires-python", file.project.requires_python
    for name, group in file.tool.uv.groups.items():
        if canonicalize_name(name) in groups and group.requires_python is not None:
            yield f"tool.uv.dependency-groups.{name}.requires-python", group.requires_python


def specifier_of(text: str) -> SpecifierSet | None:
    """Return the version specifiers of a text; ``None`` if it is not valid (PEP 440)."""
    try:
        return SpecifierSet(text)
    except InvalidSpecifier:
        return None


def python_problem(key: str, specifier: SpecifierSet, targets: Sequence[Target]) -> Problem | None:
    """Return which targets a ``requires-python`` excludes, if any."""
    pythons = {target.runtime: target.python_full_version for target in targets}
    excluded = [
        f"{name}, which may be as old as {python}" for name, python in pythons.items() if python not in specifier
    ]
    if not excluded:
        return None
    return Problem(place=key, reason=f"{str(specifier)!r} does not allow {', nor '.join(excluded)}")
