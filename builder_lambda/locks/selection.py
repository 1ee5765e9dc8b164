"""Select the wheel of every locked package for one target. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from packaging.pylock import PackageArchive, PackageWheel, PylockSelectError
from packaging.utils import parse_wheel_filename

from builder_lambda.contract.locked_wheel import LockedWheel
from builder_lambda.contract.store_keys import is_store_key
from builder_lambda.contract.urls import filename_of, without_credentials
from builder_lambda.errors.locks import InvalidLock
from builder_lambda.errors.resolution import NoCompatibleWheel
from builder_lambda.errors.wheels import WheelHashMismatch
from builder_lambda.locks.target_tags import target_tags
from builder_lambda.locks.wheel_fit import fits

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.pylock import Package, Pylock

    from builder_lambda.contract.targets import Target


def select_wheels(lock: Pylock, target: Target) -> tuple[LockedWheel, ...]:
    """Return the wheels that ``target`` needs, ordered by file name.

    :raises InvalidLock: if the lock is not for the target, or pins something else than a wheel by sha256.
    :raises NoCompatibleWheel: naming every package without a wheel that the target can load.
    """
    try:
        selected = list(lock.select(environment=target.environment, tags=target_tags(target)))
    except PylockSelectError as error:
        unfit = packages_without_wheel(lock, target)
        if unfit:
            raise _no_wheel(unfit, target) from error
        raise InvalidLock(reason=str(error)) from error
    without_wheel = [package.name for package, _ in selected if not _has_wheel_for(package, target)]
    if without_wheel:
        raise _no_wheel(without_wheel, target)
    return tuple(sorted(_locked_wheel(package, artifact) for package, artifact in selected))


def packages_without_wheel(lock: Pylock, target: Target) -> tuple[str, ...]:
    """Return the packages that ``target`` needs but has no fitting wheel for."""
    return tuple(package.name for package in lock.packages if not _has_wheel_for(package, target))


def with_hashes(lock: Pylock, accepted: Mapping[str, frozenset[str]]) -> Pylock:
    """Return the lock with only those wheels that have one of the hashes in the requirements.

    Where several wheels of a version fit a target, the hashes select one, whatever the order of their tags. A package
    without an accepted wheel stays unchanged, so that :func:`check_hashes` reports it.
    """
    packages = [_with_hashes(package, accepted.get(package.name)) for package in lock.packages]
    return replace(lock, packages=packages)


def check_hashes(wheels: tuple[LockedWheel, ...], accepted: Mapping[str, frozenset[str]]) -> None:
    """Check the selected wheels against the hashes in the requirements.

    :raises WheelHashMismatch: for the first wheel whose sha256 is not one of its project's.
    """
    for wheel in wheels:
        digests = accepted.get(wheel.name)
        if digests is not None and wheel.sha256 not in digests:
            raise WheelHashMismatch(filename=wheel.filename, expected=tuple(sorted(digests)), actual=wheel.sha256)


def _no_wheel(names: Iterable[str], target: Target) -> NoCompatibleWheel:
    return NoCompatibleWheel(target=str(target), packages=tuple(sorted(set(names))))


def _has_wheel_for(package: Package, target: Target) -> bool:
    """Return whether the target can load a wheel of the package, or does not need the package."""
    if package.marker and not package.marker.evaluate(cast("dict[str, str]", target.environment), context="lock_file"):
        return True
    names = [wheel.filename for wheel in package.wheels or ()]
    if package.archive is not None:
        names.append(filename_of(package.archive.url or package.archive.path or ""))
    return any(fits(name, target) for name in names)


def _with_hashes(package: Package, accepted: frozenset[str] | None) -> Package:
    kept = [wheel for wheel in package.wheels or () if accepted and wheel.hashes.get("sha256", "").lower() in accepted]
    return replace(package, wheels=kept) if kept else package


def _locked_wheel(package: Package, artifact: object) -> LockedWheel:
    """Return the selected wheel. PEP 751 calls a wheel that a requirement names by URL an archive."""
    if not isinstance(artifact, (PackageWheel, PackageArchive)):
        raise InvalidLock(reason=f"{package.name} is not locked to a wheel")
    if not artifact.url and not is_store_key(artifact.path):
        raise InvalidLock(reason=f"{package.name} is not locked to a wheel with a URL")
    sha256 = artifact.hashes.get("sha256")
    if not isinstance(sha256, str):
        raise InvalidLock(reason=f"the wheel of {package.name} is locked without a sha256")
    place = artifact.url or artifact.path or ""
    filename = artifact.filename if isinstance(artifact, PackageWheel) else filename_of(place)
    version = package.version or parse_wheel_filename(filename)[1]
    return LockedWheel(
        filename=filename,
        name=package.name,
        version=str(version),
        sha256=sha256.lower(),
        url=without_credentials(artifact.url or ""),
        path="" if artifact.url else artifact.path or "",
        size=artifact.size,
    )
