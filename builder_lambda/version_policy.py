"""Which versions may be chosen, beside what the requirements say. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from packaging.pylock import Pylock

    from builder_lambda.index_listing import IndexedFile

Upgrade = Literal["all"] | tuple[str, ...]
"""What moves to the newest version allowed: everything, or these projects by normalised name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionPolicy:
    """What a resolver is told about versions. By default: keep those of the previous lock."""

    uploaded_before: datetime | None = None
    """Files uploaded later, and files whose index does not tell when, are as if they were not there."""

    upgrade: Upgrade = ()

    offered: Mapping[str, IndexedFile] = field(default_factory=dict)
    """Wheels on this machine, by project: all there is of these projects, whatever an index has."""

    def kept_of(self, previous: Pylock | None) -> Pylock | None:
        """Return the part of the previous lock whose versions are preferred, or ``None``."""
        if previous is None or self.upgrade == "all":
            return None
        return replace(
            previous, packages=[package for package in previous.packages if package.name not in self.upgrade]
        )


KEEP_VERSIONS = VersionPolicy()
"""Prefers the versions of the previous lock, whatever their age."""


def upgrade_of(value: object) -> Upgrade:
    """Return what is to be upgraded: ``"all"``, or the normalised names of a list.

    :raises InvalidOptions: naming everything that is no project name.
    """
    return names_or_all(value, option="upgrade")


def names_or_all(value: object, *, option: str) -> Literal["all"] | tuple[str, ...]:
    """Return ``"all"``, or the normalised names of a list of projects.

    :param option: what the value is called, for faults.
    :raises InvalidOptions: naming everything that is no project name.
    """
    if value == "all" or not value:
        return "all" if value else ()
    from packaging.utils import canonicalize_name, is_normalized_name  # takes longer than all of ours to import

    from builder_lambda.build_errors import InvalidOptions, OptionFault

    if isinstance(value, str) or not isinstance(value, (list, tuple)):
        raise InvalidOptions(faults=(OptionFault(option=option, reason="it must be 'all' or a list of names"),))
    names: Sequence[object] = value
    wrong = [name for name in names if not isinstance(name, str) or not is_normalized_name(canonicalize_name(name))]
    if wrong:
        raise InvalidOptions(
            faults=tuple(OptionFault(option=option, reason=f"{name!r} is no project name") for name in wrong)
        )
    return tuple(sorted({canonicalize_name(str(name)) for name in names}))
