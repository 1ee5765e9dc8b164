"""``--upgrade[=NAME]`` and ``--exclude-newer``: limits on the versions to choose."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import click

from builder_lambda.contract.upgrade import upgrade_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from builder_lambda.contract.upgrade import Upgrade

    CommandFunction = TypeVar("CommandFunction", bound=Callable[..., object])

_ALL = "*"
"""The value of ``--upgrade`` without a name. It is not a valid project name."""


class UpgradingCommand(click.Command):
    """A command with :func:`version_inputs`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read ``--upgrade[=NAME]`` as GNU programs do: a name must follow ``=``. click would take the next word."""
        end = args.index("--") if "--" in args else len(args)
        args[:end] = [f"--upgrade={_ALL}" if arg == "--upgrade" else arg for arg in args[:end]]
        return super().parse_args(ctx, args)


def version_inputs(*, upgrade_help: str) -> Callable[[CommandFunction], CommandFunction]:
    """Return a decorator that adds ``--upgrade`` and ``--exclude-newer`` to an :class:`UpgradingCommand`."""

    def add(function: CommandFunction) -> CommandFunction:
        upgrade = click.option("--upgrade", multiple=True, metavar="[=NAME]", help=upgrade_help)
        exclude_newer = click.option(
            "--exclude-newer",
            metavar="DATE",
            help="Ignore files uploaded after a date (2026-01-31, 2026-01-31T12:00:00Z) or within an age ('7 days').",
        )
        return upgrade(exclude_newer(function))

    return add


def read_upgrade(names: Sequence[str]) -> Upgrade:
    """Return the packages that ``--upgrade`` names.

    :raises InvalidOptions: if a name is not a valid project name.
    """
    return "all" if _ALL in names else upgrade_of(names)
