"""``--upgrade[=NAME]`` and ``--exclude-newer``: which versions may be chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import click

from builder_lambda.contract.upgrade import upgrade_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from builder_lambda.contract.upgrade import Upgrade

    CommandFunction = TypeVar("CommandFunction", bound=Callable[..., object])

_ALL = "*"
"""Stands for ``--upgrade`` without a name; no project can have it as a name."""


class UpgradingCommand(click.Command):
    """A command with :func:`version_inputs`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read ``--upgrade[=NAME]`` as GNU has it: a name belongs to it only after ``=``, unlike click's own way."""
        end = args.index("--") if "--" in args else len(args)
        args[:end] = [f"--upgrade={_ALL}" if arg == "--upgrade" else arg for arg in args[:end]]
        return super().parse_args(ctx, args)


def version_inputs(*, upgrade_help: str) -> Callable[[CommandFunction], CommandFunction]:
    """Return what adds ``--upgrade`` and ``--exclude-newer`` to an :class:`UpgradingCommand`."""

    def add(function: CommandFunction) -> CommandFunction:
        upgrade = click.option("--upgrade", multiple=True, metavar="[=NAME]", help=upgrade_help)
        exclude_newer = click.option(
            "--exclude-newer",
            metavar="DATE",
            help="Use only what was uploaded before: 2026-01-31, 2026-01-31T12:00:00Z, or an age such as '7 days'.",
        )
        return upgrade(exclude_newer(function))

    return add


def read_upgrade(given: Sequence[str]) -> Upgrade:
    """Return what ``--upgrade`` asks for.

    :raises InvalidOptions: if a name is none.
    """
    return "all" if _ALL in given else upgrade_of(given)
