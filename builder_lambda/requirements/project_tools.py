"""Tool settings in ``pyproject.toml`` that would change the result and that we do not apply.

Pure. Each is a problem, unless it is the default, or the build has a setting of the same kind. Settings for how a tool
builds, publishes or manages environments change nothing here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from builder_lambda.contract.urls import redacted
from builder_lambda.errors.problem import Problem
from builder_lambda.requirements.project_pythons import specifier_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.specifiers import SpecifierSet

    from builder_lambda.requirements.project_file import PdmTable, PoetryTable, ToolTables, UvTable
    from builder_lambda.requirements.project_overrides import ProjectOverrides

_NAME_INDEXES = "name the indexes here: --index-url, --extra-index-url, --index-config, or the setting 'index'"
_UV_LOCK = "use the project's uv.lock"
_POETRY_LOCK = "use the project's poetry.lock"

_OF_UV_INDEXES = ("index-url", "extra-index-url", "find-links")
_OF_UV_AGE = ("exclude-newer", "exclude-newer-package")
_OF_UV_CHOICE = {
    "override-dependencies": None,
    "exclude-dependencies": None,
    "dependency-metadata": None,
    "resolution": "highest",
    "prerelease": "if-necessary-or-explicit",
    "no-binary": None,
    "no-binary-package": None,
}
"""Settings that let uv choose other versions or files, each with its default value, if any."""

_OF_PDM_INDEXES = ("respect-source-order",)


def setting_problems(tool: ToolTables, overrides: ProjectOverrides) -> Iterator[Problem]:
    """Yield the settings that select other versions or other indexes."""
    yield from _choices_of_uv(tool.uv, overrides)
    for key, value in tool.pdm.resolution.items():
        if value and key not in _OF_PDM_INDEXES:
            yield Problem(place=f"tool.pdm.resolution.{key}", reason="only PDM applies it; use a pylock.toml of PDM")
    if not overrides.names_indexes:
        yield from _indexes_of_uv(tool.uv, overrides)
        yield from _indexes_of_poetry(tool.poetry, overrides)
        yield from _indexes_of_pdm(tool.pdm, overrides)


def source_problems(
    tool: ToolTables, required: Mapping[str, set[SpecifierSet]], overrides: ProjectOverrides
) -> Iterator[Problem]:
    """Yield the packages that a tool takes from another source, or in other versions.

    :param required: the version specifiers of each required package.
    """
    for name, source in tool.uv.sources.items():
        if canonicalize_name(name) not in required:
            continue
        key, indexes = f"tool.uv.sources.{name}", _indexes_of_source(source)
        if not indexes:
            yield Problem(place=key, reason=f"only uv supports this source; {_UV_LOCK}")
        elif not overrides.names_indexes:
            of = " or ".join(map(repr, indexes))
            reason = f"uv takes it from the index {of} only; pin it there by --index-config or the setting 'index'"
            yield Problem(place=key, reason=f"{reason}, or {_UV_LOCK}")
    for name, value in tool.poetry.dependencies.items():
        versions = required.get(canonicalize_name(name))
        if versions is not None and (objection := _of_poetry(value, versions, overrides)):
            yield Problem(place=f"tool.poetry.dependencies.{name}", reason=objection)


def _choices_of_uv(uv: UvTable, overrides: ProjectOverrides) -> Iterator[Problem]:
    settings = uv.model_extra or {}
    for key, default in _OF_UV_CHOICE.items():
        value = settings.get(key)
        if value and value != default:
            known = "applies them" if key.endswith("-dependencies") else "applies it"
            yield Problem(place=f"tool.uv.{key}", reason=f"only uv {known}; {_UV_LOCK}")
    for key in _OF_UV_AGE:
        if settings.get(key) and not overrides.limits_age:
            reason = "only uv applies it; set it here: --exclude-newer, or the setting 'exclude_newer'"
            yield Problem(place=f"tool.uv.{key}", reason=f"{reason}, or {_UV_LOCK}")


def _indexes_of_uv(uv: UvTable, overrides: ProjectOverrides) -> Iterator[Problem]:
    for number, index in enumerate(uv.indexes):
        if not index.get("explicit") and not overrides.asks(index.get("url")):
            yield _index_problem(f"tool.uv.index[{number}]", "uv", index.get("url"))
    settings = uv.model_extra or {}
    for key, default in (("index-strategy", "first-index"), ("no-index", None)):
        if settings.get(key) and settings[key] != default:
            yield Problem(place=f"tool.uv.{key}", reason=f"only uv applies it; {_NAME_INDEXES}")
    pip = settings.get("pip")
    for place, table in (("tool.uv", settings), ("tool.uv.pip", pip if isinstance(pip, Mapping) else {})):
        for key in _OF_UV_INDEXES:
            value = table.get(key)
            urls = value if isinstance(value, list) else [value] if value else []
            if not all(map(overrides.asks, urls)):
                yield _index_problem(f"{place}.{key}", "uv", next(url for url in urls if not overrides.asks(url)))


def _indexes_of_poetry(poetry: PoetryTable, overrides: ProjectOverrides) -> Iterator[Problem]:
    for number, index in enumerate(poetry.indexes):
        url = index.get("url")  # the public index, which Poetry knows by name, has none
        if url and index.get("priority") != "explicit" and not overrides.asks(url):
            yield _index_problem(f"tool.poetry.source[{number}]", "Poetry", url)


def _indexes_of_pdm(pdm: PdmTable, overrides: ProjectOverrides) -> Iterator[Problem]:
    for number, index in enumerate(pdm.indexes):
        if index.get("url") and not overrides.asks(index.get("url")):
            yield _index_problem(f"tool.pdm.source[{number}]", "PDM", index.get("url"))


def _index_problem(key: str, tool: str, url: object) -> Problem:
    where = f" at {redacted(url)}" if isinstance(url, str) else ""
    return Problem(place=key, reason=f"{tool} looks for packages{where}, which only {tool} uses; {_NAME_INDEXES}")


def _indexes_of_source(source: object) -> list[str]:
    """Return the names of the indexes of a uv source; none if it is not only about indexes."""
    entries = source if isinstance(source, list) else [source]
    indexes = [entry.get("index") if isinstance(entry, Mapping) else None for entry in entries]
    return [str(index) for index in indexes] if all(indexes) else []


def _of_poetry(value: object, versions: set[SpecifierSet], overrides: ProjectOverrides) -> str | None:
    """Return why an entry of Poetry cannot be ignored, if it differs from the requirement."""
    entry = value if isinstance(value, Mapping) else {"version": value}
    ignored = {"version", "source"} if overrides.names_indexes else {"version"}
    version = entry.get("version", "*")
    if not entry.keys() <= ignored or not isinstance(version, str):
        return f"only Poetry supports this; {_POETRY_LOCK}"
    if version == "*":
        return None
    specifier = specifier_of(f"=={version}" if version[:1].isdigit() else version)  # a bare version is an exact one
    if specifier is not None and versions == {specifier}:
        return None
    required = " and ".join(sorted(repr(str(each)) for each in versions))
    return f"Poetry takes {version!r} where the project requires {required}; {_POETRY_LOCK}, or make both equal"
