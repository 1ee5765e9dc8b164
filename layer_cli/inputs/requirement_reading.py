"""Reads the requirements of a command: names, files and a project, as one set."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from builder_lambda.errors.base import LayerError
from builder_lambda.errors.several import one_error
from builder_lambda.indexes.settings import IndexSettings
from builder_lambda.requirements.files import read_requirements
from builder_lambda.requirements.local_wheels import LocalWheels
from builder_lambda.requirements.project_overrides import ProjectOverrides
from builder_lambda.requirements.requirements import Requirements, parse_requirements

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from builder_lambda.contract.index_options import IndexOptions
    from builder_lambda.contract.targets import Target


def read_all(
    *,
    names: Sequence[str],
    files: Sequence[Path],
    project: Path | None,
    extras: Sequence[str],
    groups: Sequence[str],
    target: Target,
    indexes: IndexOptions | None,
    exclude_newer: str | None,
) -> Requirements:
    """Return all requirements of a command as one normalised set.

    :param target: the target. A project must support its Python.
    :param indexes: the indexes that the command names, if any. They override those of the project.
    :param exclude_newer: the age limit that the command names, if any. It overrides that of the project.
    :raises LayerError: with the errors of every input.
    """
    found = list[Requirements]()
    errors = list[LayerError]()
    readings = _readings(names, files)
    if project is not None:
        from builder_lambda.requirements.pyproject import read_project  # imports pydantic

        overrides = _overrides(target, indexes, exclude_newer)
        readings.append(lambda: read_project(project, groups=groups, extras=extras, overrides=overrides))
    for read in readings:
        try:
            found.append(read())
        except LayerError as error:
            errors.append(error)
    if errors:
        raise one_error(errors)
    return Requirements.of(
        (each for one in found for each in one.requirements),
        (each for one in found for each in one.constraints),
        (wheel for one in found for wheel in one.local_wheels),
    )


def _readings(names: Sequence[str], files: Sequence[Path]) -> list[Callable[[], Requirements]]:
    readings: list[Callable[[], Requirements]] = []
    if names:
        readings.append(lambda: parse_requirements(names, source="command line", local_wheels=LocalWheels(Path())))
    readings += [lambda file=file: read_requirements(file, base=Path()) for file in files]  # type: ignore[misc]  # a default binds the file of each iteration
    return readings


def _overrides(target: Target, indexes: IndexOptions | None, exclude_newer: str | None) -> ProjectOverrides:
    return ProjectOverrides(
        targets=[target],
        names_indexes=bool(indexes),
        machine_indexes=[] if indexes else [index.url for index in IndexSettings.of(os.environ).indexes],
        limits_age=exclude_newer is not None,
    )
