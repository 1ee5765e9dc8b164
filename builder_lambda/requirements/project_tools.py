"""What tables of tools in ``pyproject.toml`` would change of the outcome, for who does not use that tool.

Pure. Each is a fault, unless it says nothing else than what is done anyway, or the user has said the same kind of thing
to the build itself. Settings of how a tool builds, publishes or keeps its environments change nothing here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from builder_lambda.contract.urls import redacted
from builder_lambda.errors.projects import ProjectFault
from builder_lambda.requirements.project_pythons import specifier_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.specifiers import SpecifierSet

    from builder_lambda.requirements.project_file import PdmTable, PoetryTable, ToolTables, UvTable
    from builder_lambda.requirements.project_overrides import ProjectOverrides

_NAME_INDEXES = (
    "say here which indexes there are: --index-url, --extra-index-url, --index-config, or the setting 'index'"
)
_UV_LOCK = "give the project's uv.lock in its place"
_POETRY_LOCK = "give the project's poetry.lock in its place"

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
"""Settings by which uv chooses other versions or files, each with the value that is its default, if it has one."""

_OF_PDM_INDEXES = ("respect-source-order",)


def setting_faults(tool: ToolTables, terms: ProjectOverrides) -> Iterator[ProjectFault]:
    """Yield the settings that choose other versions, or other indexes to take them from."""
    yield from _choices_of_uv(tool.uv, terms)
    for key, value in tool.pdm.resolution.items():
        if value and key not in _OF_PDM_INDEXES:
            yield ProjectFault(
                key=f"tool.pdm.resolution.{key}", reason="only PDM heeds it; give a pylock.toml of PDM in its place"
            )
    if not terms.names_indexes:
        yield from _indexes_of_uv(tool.uv, terms)
        yield from _indexes_of_poetry(tool.poetry, terms)
        yield from _indexes_of_pdm(tool.pdm, terms)


def source_faults(
    tool: ToolTables, required: Mapping[str, set[SpecifierSet]], terms: ProjectOverrides
) -> Iterator[ProjectFault]:
    """Yield what a tool takes from elsewhere, or in other versions.

    :param required: the names that are required, each with the versions that it is required in.
    """
    for name, source in tool.uv.sources.items():
        if canonicalize_name(name) not in required:
            continue
        key, indexes = f"tool.uv.sources.{name}", _indexes_of_source(source)
        if not indexes:
            yield ProjectFault(key=key, reason=f"only uv knows this source; {_UV_LOCK}")
        elif not terms.names_indexes:
            of = " or ".join(map(repr, indexes))
            reason = f"uv takes it from the index {of} only; pin it there by --index-config or the setting 'index'"
            yield ProjectFault(key=key, reason=f"{reason}, or {_UV_LOCK}")
    for name, value in tool.poetry.dependencies.items():
        versions = required.get(canonicalize_name(name))
        if versions is not None and (objection := _of_poetry(value, versions, terms)):
            yield ProjectFault(key=f"tool.poetry.dependencies.{name}", reason=objection)


def _choices_of_uv(uv: UvTable, terms: ProjectOverrides) -> Iterator[ProjectFault]:
    settings = uv.model_extra or {}
    for key, default in _OF_UV_CHOICE.items():
        value = settings.get(key)
        if value and value != default:
            known = "knows them" if key.endswith("-dependencies") else "heeds it"
            yield ProjectFault(key=f"tool.uv.{key}", reason=f"only uv {known}; {_UV_LOCK}")
    for key in _OF_UV_AGE:
        if settings.get(key) and not terms.limits_age:
            reason = "only uv heeds it; say it here: --exclude-newer, or the setting 'exclude_newer'"
            yield ProjectFault(key=f"tool.uv.{key}", reason=f"{reason}, or {_UV_LOCK}")


def _indexes_of_uv(uv: UvTable, terms: ProjectOverrides) -> Iterator[ProjectFault]:
    for number, index in enumerate(uv.indexes):
        if not index.get("explicit") and not terms.asks(index.get("url")):
            yield _index_fault(f"tool.uv.index[{number}]", "uv", index.get("url"))
    settings = uv.model_extra or {}
    for key, default in (("index-strategy", "first-index"), ("no-index", None)):
        if settings.get(key) and settings[key] != default:
            yield ProjectFault(key=f"tool.uv.{key}", reason=f"only uv heeds it; {_NAME_INDEXES}")
    pip = settings.get("pip")
    for place, table in (("tool.uv", settings), ("tool.uv.pip", pip if isinstance(pip, Mapping) else {})):
        for key in _OF_UV_INDEXES:
            value = table.get(key)
            urls = value if isinstance(value, list) else [value] if value else []
            if not all(map(terms.asks, urls)):
                yield _index_fault(f"{place}.{key}", "uv", next(url for url in urls if not terms.asks(url)))


def _indexes_of_poetry(poetry: PoetryTable, terms: ProjectOverrides) -> Iterator[ProjectFault]:
    for number, index in enumerate(poetry.indexes):
        url = index.get("url")  # the public index, which Poetry knows by name, has none
        if url and index.get("priority") != "explicit" and not terms.asks(url):
            yield _index_fault(f"tool.poetry.source[{number}]", "Poetry", url)


def _indexes_of_pdm(pdm: PdmTable, terms: ProjectOverrides) -> Iterator[ProjectFault]:
    for number, index in enumerate(pdm.indexes):
        if index.get("url") and not terms.asks(index.get("url")):
            yield _index_fault(f"tool.pdm.source[{number}]", "PDM", index.get("url"))


def _index_fault(key: str, tool: str, url: object) -> ProjectFault:
    where = f" at {redacted(url)}" if isinstance(url, str) else ""
    return ProjectFault(
        key=key, reason=f"{tool} looks for packages{where}, which only {tool} knows of; {_NAME_INDEXES}"
    )


def _indexes_of_source(source: object) -> list[str]:
    """Return the names of the indexes that a source of uv is about; none if it is about something else as well."""
    entries = source if isinstance(source, list) else [source]
    indexes = [entry.get("index") if isinstance(entry, Mapping) else None for entry in entries]
    return [str(index) for index in indexes] if all(indexes) else []


def _of_poetry(value: object, versions: set[SpecifierSet], terms: ProjectOverrides) -> str | None:
    """Return why an entry of Poetry cannot be passed over, if it says something else than the requirement."""
    entry = value if isinstance(value, Mapping) else {"version": value}
    passed_over = {"version", "source"} if terms.names_indexes else {"version"}
    version = entry.get("version", "*")
    if not entry.keys() <= passed_over or not isinstance(version, str):
        return f"only Poetry knows this; {_POETRY_LOCK}"
    if version == "*":
        return None
    specifier = specifier_of(f"=={version}" if version[:1].isdigit() else version)  # a bare version is an exact one
    if specifier is not None and versions == {specifier}:
        return None
    required = " and ".join(sorted(repr(str(each)) for each in versions))
    return f"Poetry takes {version!r} where the project requires {required}; {_POETRY_LOCK}, or let both say the same"
