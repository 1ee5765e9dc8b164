"""Finds ``${NAME}`` in the addresses of a lock. uv would replace it by an environment variable. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder_lambda.contract.urls import VARIABLE, has_variable
from builder_lambda.errors.locks import LockProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.pylock import Package, Pylock


def variable_problems(lock: Pylock, text: str) -> tuple[LockProblem, ...]:
    """Return a problem for each address in ``lock`` that holds ``${``, with its line in ``text``."""
    if not has_variable(text):
        return ()
    lines = text.splitlines()
    return tuple(
        LockProblem(
            place=package.name,
            line=next((number for number, line in enumerate(lines, 1) if address in line), None),
            reason=f"an address {VARIABLE}",
            kind="form",
        )
        for package in lock.packages
        for address in _addresses(package)
        if has_variable(address)
    )


def _addresses(package: Package) -> Iterator[str]:
    for artifact in (*(package.wheels or ()), package.archive, package.sdist, package.vcs):
        if artifact is not None:
            yield from filter(None, (artifact.url, artifact.path))
