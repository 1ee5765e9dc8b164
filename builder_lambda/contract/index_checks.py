"""Checks index options, and reads them from a mapping. Most requests name no index and need neither."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from builder_lambda.contract.index_problems import index_problems
from builder_lambda.contract.index_reader import IndexReader
from builder_lambda.contract.package_index import PackageIndex
from builder_lambda.errors.options import InvalidOptions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder_lambda.contract.index_problems import Indexes


def check(options: Indexes) -> None:
    """Check the values of index options.

    :raises InvalidOptions: naming everything that cannot be used.
    """
    problems = index_problems(options)
    if problems:
        raise InvalidOptions(problems=problems)


def read(mapping: Mapping[str, object]) -> dict[str, Any]:
    """Return the arguments of ``IndexOptions`` from what a user wrote.

    :raises InvalidOptions: naming everything that cannot be used.
    """
    reader = IndexReader()
    found = reader.read(mapping)
    default = None if found.default is None else PackageIndex(**found.default)
    extra = tuple(PackageIndex(**values) for values in found.extra)
    if reader.problems:
        unchecked = _Unchecked(default=default, extra=extra, pins=found.pins)
        raise InvalidOptions(problems=(*reader.problems, *index_problems(unchecked)))
    return {"default": default, "extra": extra, "pins": found.pins}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Unchecked:
    """The readable parts of options with problems."""

    default: PackageIndex | None
    extra: tuple[PackageIndex, ...]
    pins: Mapping[str, str]
