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

        from layer_cli.inputs.requirement_reading import read_all  # a lock needs no requirements

        return read_all(**self._asdict(), target=target, indexes=indexes, exclude_newer=exclude_newer)


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
