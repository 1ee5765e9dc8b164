"""Where requirements come from on the command line: names, files, a project. All of one command are one set."""

from __future__ import annotations

from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar, cast

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from builder_lambda.contract.index_options import IndexOptions
    from builder_lambda.contract.targets import Target
    from builder_lambda.requirements.project_overrides import ProjectOverrides
    from builder_lambda.requirements.requirements import Requirements

    CommandFunction = TypeVar("CommandFunction", bound=Callable[..., object])

PATH = click.Path(path_type=Path)
"""A path that need not exist: what reads it tells, in the same words as in a Pulumi program."""


class RequirementInputs(NamedTuple):
    """What a command is given: all of it is one set."""

    names: Sequence[str]
    files: Sequence[Path]
    project: Path | None
    extras: Sequence[str]
    groups: Sequence[str]

    @property
    def are_given(self) -> bool:
        """Whether there is anything that requires packages."""
        return bool(self.names or self.files or self.project)

    def read(self, *, target: Target, indexes: IndexOptions | None, exclude_newer: str | None) -> Requirements:
        """Return everything that is required, as one set in normal form.

        :param target: what it is required for: a project must allow its Python.
        :param indexes: where packages come from, if that is said; then a project does not say it.
        :param exclude_newer: how old they must be, if that is said.
        :raises LayerError: that tells all that is wrong with every input; :class:`InvalidRequirements` for lines.
        :raises click.UsageError: if nothing is given.
        """
        if not self.are_given:
            raise click.UsageError("Nothing to lock: give requirements, -r FILE or -p PROJECT.")
        if (self.extras or self.groups) and self.project is None:
            raise click.UsageError("--extra and --group choose parts of a project: give -p PROJECT.")

        from builder_lambda.errors.base import LayerError
        from builder_lambda.errors.several import one_error
        from builder_lambda.requirements.files import read_requirements
        from builder_lambda.requirements.local_wheels import LocalWheels
        from builder_lambda.requirements.requirements import Requirements, parse_requirements

        readings: list[Callable[[], Requirements]] = []
        if self.names:
            readings.append(
                lambda: parse_requirements(self.names, source="command line", local_wheels=LocalWheels(Path()))
            )
        readings += [lambda file=file: read_requirements(file, base=Path()) for file in self.files]  # type: ignore[misc]  # a default binds the file of the turn
        project = self.project
        if project is not None:
            # What checks the form of a project takes a while to import.
            from builder_lambda.requirements.pyproject import read_project

            overrides = _overrides(target, indexes, exclude_newer)
            readings.append(lambda: read_project(project, groups=self.groups, extras=self.extras, overrides=overrides))

        found = list[Requirements]()
        errors = list[LayerError]()
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


def requirement_inputs(function: CommandFunction) -> CommandFunction:
    """Add ``-r``, ``-p``, ``--group``, ``--extra`` and ``REQ...`` to a command, which gets them as ``given``."""
    parameters = (
        click.argument("names", metavar="[REQ]...", nargs=-1),
        click.option(
            "-r",
            "--requirements",
            "files",
            type=PATH,
            multiple=True,
            metavar="FILE",
            help="A requirements file; may be repeated.",
        ),
        click.option(
            "-p", "--project", type=PATH, metavar="PROJECT", help="A folder with pyproject.toml: its dependencies."
        ),
        click.option(
            "--extra", "extras", multiple=True, metavar="NAME", help="With an extra of the project; may be repeated."
        ),
        click.option(
            "--group", "groups", multiple=True, metavar="NAME", help="With a dependency group; may be repeated."
        ),
    )

    @wraps(function)
    def with_inputs(
        *,
        names: Sequence[str],
        files: Sequence[Path],
        project: Path | None,
        extras: Sequence[str],
        groups: Sequence[str],
        **others: object,
    ) -> object:
        return function(given=RequirementInputs(names, files, project, extras, groups), **others)

    command = cast("CommandFunction", with_inputs)
    for parameter in reversed(parameters):
        command = parameter(command)
    return command


def _overrides(target: Target, indexes: IndexOptions | None, exclude_newer: str | None) -> ProjectOverrides:
    import os

    from builder_lambda.indexes.settings import IndexSettings
    from builder_lambda.requirements.project_overrides import ProjectOverrides

    return ProjectOverrides(
        targets=[target],
        names_indexes=bool(indexes),
        machine_indexes=[index.url for index in IndexSettings.of(os.environ).indexes],
        limits_age=exclude_newer is not None,
    )
