"""Translate local wheels in a lock between paths beside the lock (PEP 751) and keys of the store."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.pylock import PackageWheel

from builder_lambda.contract.store_keys import is_store_key
from builder_lambda.requirements.local_wheels import read_wheel

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from packaging.pylock import Package, PackageArchive, Pylock

    from builder_lambda.requirements.local_wheels import LocalWheel


def with_paths(lock: Pylock, wheels: Iterable[LocalWheel], folder: Path) -> Pylock:
    """Return the lock for a file in ``folder``, with relative paths of these wheels in place of their keys."""
    files = {wheel.key: os.path.relpath(wheel.file, folder.absolute()).replace(os.sep, "/") for wheel in wheels}

    def placed(wheel: PackageWheel) -> PackageWheel:
        path = files.get(wheel.path or "")
        return wheel if path is None else PackageWheel(path=path, hashes=wheel.hashes)

    packages = [
        replace(package, wheels=[placed(wheel) for wheel in package.wheels]) if package.wheels else package
        for package in lock.packages
    ]
    return replace(lock, packages=packages)


def with_keys(lock: Pylock, folder: Path) -> tuple[Pylock, tuple[LocalWheel, ...]]:
    """Return a lock of ``folder`` with keys in place of paths, and the wheels to store at these keys.

    The path of a missing or changed file stays, and is reported later.
    """
    reading = _Reading(folder)
    return replace(lock, packages=[reading.package(package) for package in lock.packages]), tuple(sorted(reading.found))


class _Reading:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.found = set["LocalWheel"]()

    def package(self, package: Package) -> Package:
        if package.archive is not None:
            wheel = self._keyed(package.archive)
            return package if wheel is None else replace(package, archive=None, wheels=[wheel])
        if package.wheels:
            return replace(package, wheels=[self._keyed(wheel) or wheel for wheel in package.wheels])
        return package

    def _keyed(self, artifact: PackageWheel | PackageArchive) -> PackageWheel | None:
        path = artifact.path
        if artifact.url or not path or not path.endswith(".whl") or is_store_key(path):
            return None
        wheel = read_wheel(self._folder / path)
        if wheel is None or artifact.hashes.get("sha256", "").lower() != wheel.sha256:
            return None
        self.found.add(wheel)
        return PackageWheel(path=wheel.key, hashes={"sha256": wheel.sha256})
