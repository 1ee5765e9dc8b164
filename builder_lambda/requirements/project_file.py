"""The tables of ``pyproject.toml`` that we read, as values. Other tables are not checked."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from builder_lambda.contract.forms import key_path, wanted_form
from builder_lambda.errors.problem import Problem
from builder_lambda.errors.projects import InvalidProject, ProjectMissing

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic_core import ErrorDetails


class ProjectTable(BaseModel):
    """``[project]`` (PEP 621)."""

    name: str = ""
    requires_python: str | None = Field(alias="requires-python", default=None)
    dependencies: list[str] = Field(default_factory=list)
    optional: dict[str, list[str]] = Field(alias="optional-dependencies", default_factory=dict)
    dynamic: list[str] = Field(default_factory=list)


class UvGroup(BaseModel):
    """``[tool.uv.dependency-groups] <name>``: settings of uv for a group."""

    requires_python: str | None = Field(alias="requires-python", default=None)


class UvTable(BaseModel):
    """``[tool.uv]``; settings without a field here are in ``model_extra``."""

    model_config = ConfigDict(extra="allow")

    sources: dict[str, object] = Field(default_factory=dict)
    constraints: list[str] = Field(alias="constraint-dependencies", default_factory=list)
    indexes: list[dict[str, object]] = Field(alias="index", default_factory=list)
    groups: dict[str, UvGroup] = Field(alias="dependency-groups", default_factory=dict)
    dev: list[object] = Field(alias="dev-dependencies", default_factory=list)


class PoetryTable(BaseModel):
    """``[tool.poetry]``."""

    dependencies: dict[str, object] = Field(default_factory=dict)
    indexes: list[dict[str, object]] = Field(alias="source", default_factory=list)
    groups: dict[str, object] = Field(alias="group", default_factory=dict)
    dev: dict[str, object] = Field(alias="dev-dependencies", default_factory=dict)


class PdmTable(BaseModel):
    """``[tool.pdm]``."""

    indexes: list[dict[str, object]] = Field(alias="source", default_factory=list)
    resolution: dict[str, object] = Field(default_factory=dict)
    groups: dict[str, object] = Field(alias="dev-dependencies", default_factory=dict)


class ToolTables(BaseModel):
    """``[tool]``."""

    uv: UvTable = Field(default_factory=UvTable)
    poetry: PoetryTable = Field(default_factory=PoetryTable)
    pdm: PdmTable = Field(default_factory=PdmTable)


class ProjectFile(BaseModel):
    """A whole ``pyproject.toml``."""

    project: ProjectTable | None = None
    groups: dict[str, list[str | dict[str, str]]] = Field(alias="dependency-groups", default_factory=dict)
    tool: ToolTables = Field(default_factory=ToolTables)

    @classmethod
    def read(cls, file: Path) -> ProjectFile:
        """Return the tables of the file.

        :raises ProjectMissing: if there is no such file.
        :raises InvalidProject: with every reason why it cannot be read.
        """
        try:
            return cls.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
        except (FileNotFoundError, NotADirectoryError) as error:
            raise ProjectMissing(path=str(file)) from error
        except UnicodeDecodeError as error:
            raise _unreadable(file, "it is not UTF-8, which TOML always is") from error
        except tomllib.TOMLDecodeError as error:
            raise _unreadable(file, f"it is not TOML: {error}") from error
        except OSError as error:
            raise _unreadable(file, f"the system says: {error.strerror or error}") from error
        except ValidationError as error:
            problems = {Problem(place=_key(item), reason=wanted_form(item)): None for item in error.errors()}
            raise InvalidProject(path=str(file), problems=tuple(problems)) from error


def _unreadable(file: Path, reason: str) -> InvalidProject:
    return InvalidProject(path=str(file), problems=(Problem(place="", reason=reason),))


def _key(item: ErrorDetails) -> str:
    return key_path(tuple(part for part in item["loc"] if part not in ("str", "dict[str,str]")))
