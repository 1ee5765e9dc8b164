"""The options for requirements: lines, files, a project. Together they are one set."""

from __future__ import annotations

from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar, cast

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from builder_lambda.contract.index_options import IndexOptions
    from builder_lambda.contract.targets import Target
    from builder_lambda.requirements.requirements import Requirements

    CommandFunction = TypeVar("CommandFunction", bound=Callable[..., object])

PATH = click.Path(path_type=Path)
"""A path that need not exist: its reader reports that, with the same error as in a Pulumi program."""


class RequirementInputs(NamedTuple):
    """The requirements of a command, which are one set."""

    names: Sequence[str]
    files: Sequence[Path]
    project: Path | None
    extras: Sequence[str]
    groups: Sequence[str]

    @property
    def is_any(self) -> bool:
        """Whether there are requirements, files or a project."""
        return bool(self.names or self.files or self.project)

    def read(self, *, target: Target, indexes: IndexOptions | None, exclude_newer: str | None) -> Requirements:
        """Return all of them as one normalised set.

        :param target: the target. A project must support its Python.
        :param indexes: the indexes that the command names, if any. They override those of the project.
        :param exclude_newer: the age limit that the command names, if any.
        :raises LayerError: with the errors of every input; :class:`InvalidRequirements` if all are errors of lines.
        :raises click.UsageError: if there are none.
        """
        if not self.is_any:
            raise click.UsageError("No requirements: name some, or use -r FILE or -p PROJECT.")
        if (self.extras or self.groups) and self.project is None:
            raise click.UsageError("--extra and --group select parts of a project and need -p PROJECT.")

        from layer_cli.inputs.requirement_reading import read_all  # a lock needs no requirements

        return read_all(**self._asdict(), target=target, indexes=indexes, exclude_newer=exclude_newer)


def requirement_inputs(function: CommandFunction) -> CommandFunction:
    """Add ``-r``, ``-p``, ``--group``, ``--extra`` and ``REQ...`` to a command, which gets them as ``required``."""
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
            "-p",
            "--project",
            type=PATH,
            metavar="PROJECT",
            help="A folder with a pyproject.toml, or that file: its dependencies.",
        ),
        click.option(
            "--extra", "extras", multiple=True, metavar="NAME", help="Include an extra of the project; may be repeated."
        ),
        click.option(
            "--group", "groups", multiple=True, metavar="NAME", help="Include a dependency group; may be repeated."
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
        return function(required=RequirementInputs(names, files, project, extras, groups), **others)

    command = cast("CommandFunction", with_inputs)
    for parameter in reversed(parameters):
        command = parameter(command)
    return command
