"""Read the locks of uv, Poetry and pipenv as PEP 751 locks.

The readers need pydantic, and Poetry's needs poetry-core: ``given.py`` imports this module when there is such a lock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder_lambda.locks.pipfile import parse_pipfile_lock
from builder_lambda.locks.poetry import parse_poetry_lock
from builder_lambda.locks.uv import export_uv_lock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from packaging.pylock import Pylock

    from builder_lambda.contract.index_listing import IndexListing
    from builder_lambda.contract.targets import Target


def parse_foreign_lock(
    path: Path,
    text: str,
    *,
    groups: Sequence[str],
    extras: Sequence[str],
    listing: Callable[[], IndexListing] | None,
    target: Target | None,
) -> Pylock:
    """Return the lock at ``path``, which has this text.

    uv and pipenv are asked for the chosen groups and extras only; Poetry's lock is returned with all of them.

    :param target: leaves out packages that it does not need, where only the tool knows that; ``None`` keeps them.
    :raises UnreadableLock: with every reason why it cannot be read.
    :raises IndexUnreachable: if the index is needed and does not answer.
    """
    match path.name:
        case "uv.lock":
            return export_uv_lock(path, text, groups=groups, extras=extras, target=target)
        case "poetry.lock":
            return parse_poetry_lock(text)
        case _:
            if listing is None:
                raise ValueError("a Pipfile.lock names no files: an index must be given to ask for them")
            environment = None if target is None else target.environment
            return parse_pipfile_lock(text, listing(), groups=groups, environment=environment, folder=path.parent)
