"""Which packages to upgrade."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from builder_lambda.contract.project_name import is_project_name, normalised
from builder_lambda.errors.options import InvalidOptions
from builder_lambda.errors.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence


Upgrade = Literal["all"] | tuple[str, ...]
"""What moves to the newest version allowed: everything, or these projects by normalised name."""


def upgrade_of(value: object) -> Upgrade:
    """Return what to upgrade: ``"all"``, or the normalised names of a list.

    :raises InvalidOptions: naming everything that is no project name.
    """
    return names_or_all(value, option="upgrade")


def names_or_all(value: object, *, option: str) -> Literal["all"] | tuple[str, ...]:
    """Return ``"all"``, or the normalised names of a list of projects.

    :param option: what the value is called, for problems.
    :raises InvalidOptions: naming everything that is no project name.
    """
    if value == "all" or not value:
        return "all" if value else ()
    if isinstance(value, str) or not isinstance(value, (list, tuple)):
        raise InvalidOptions(problems=(Problem(place=option, reason="it must be 'all' or a list of names"),))
    names: Sequence[object] = value
    wrong = [name for name in names if not isinstance(name, str) or not is_project_name(name)]
    if wrong:
        raise InvalidOptions(
            problems=tuple(Problem(place=option, reason=f"{name!r} is no project name") for name in wrong)
        )
    return tuple(sorted({normalised(str(name)) for name in names}))
