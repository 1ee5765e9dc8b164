"""Chooses the sdist of a project to build a wheel from. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder_lambda.indexes.availability import is_for_python, releases_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packaging.specifiers import SpecifierSet
    from packaging.version import Version

    from builder_lambda.contract.index_listing import IndexedFile
    from builder_lambda.contract.targets import Target

_SUFFIXES = (".tar.gz", ".zip")
"""The suffix of an sdist (PEP 625), and the older one that some projects still use."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ChosenSdist:
    """An sdist on an index."""

    version: str
    file: IndexedFile


def choose_sdist(
    name: str,
    allowed: SpecifierSet,
    files: Sequence[IndexedFile],
    target: Target,
    *,
    preferred: str | None = None,
) -> ChosenSdist | None:
    """Return the sdist of the newest version in ``allowed`` that has one, or ``None``.

    Only an exact pin selects yanked files (PEP 592). Pre-releases count if there is nothing else.

    :param preferred: the version of the previous lock. It is chosen if it is allowed and has an sdist.
    """
    sdists: dict[Version, list[IndexedFile]] = {}
    for version, found in releases_of(name, files).items():
        usable = [file for file in found if file.filename.endswith(_SUFFIXES) and is_for_python(file, target)]
        if usable:
            sdists[version] = sorted(usable, key=_tar_first)
    offered = [version for version, found in sdists.items() if not all(file.is_yanked for file in found)]
    versions = sorted(allowed.filter(offered))
    if not versions and all(each.operator in ("==", "===") for each in allowed) and len(allowed):
        versions = sorted(allowed.filter(sdists))
    if not versions:
        return None
    kept = [version for version in versions if str(version) == preferred]
    version = (kept or versions)[-1]
    return ChosenSdist(version=str(version), file=sdists[version][0])


def _tar_first(file: IndexedFile) -> tuple[bool, bool]:
    return file.is_yanked, file.filename.endswith(".zip")
