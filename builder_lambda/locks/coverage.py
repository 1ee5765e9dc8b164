"""Select the wheels of a given lock for one target, or report every reason why it does not cover the target.

Pure. The rules are those of PEP 751 ("Installation"), and stricter: wheels only, each from an index or a URL, each with
a sha256. ``packaging.pylock`` stops at the first problem; this module collects all of them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from packaging.tags import create_compatible_tags_selector
from packaging.utils import canonicalize_name

from builder_lambda.contract.store_keys import is_store_key
from builder_lambda.contract.urls import filename_of
from builder_lambda.errors.locks import LockProblem, UnusableLock
from builder_lambda.locks.selection import select_wheels
from builder_lambda.locks.target_tags import target_tags
from builder_lambda.locks.wheel_fit import fits, tags_of, why_none_fits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from packaging.pylock import Package, PackageArchive, PackageWheel, Pylock

    from builder_lambda.contract.locked_wheel import LockedWheel
    from builder_lambda.contract.targets import Target


def covering_wheels(
    lock: Pylock,
    target: Target,
    *,
    source: str,
    groups: Sequence[str] = (),
    extras: Sequence[str] = (),
    known: Sequence[LockProblem] = (),
) -> tuple[LockedWheel, ...]:
    """Return the wheels that ``target`` needs with these extras, ordered by file name.

    The default groups of the lock are always chosen, in addition to ``groups``. The project itself (the folder of the
    lock) is left out: its code goes into a layer as a module, not as a wheel.

    :param source: file name of the lock, for messages.
    :param known: problems that the reader of the lock has found. They are reported with the others.
    :raises UnusableLock: with every reason why the lock does not cover the target.
    """
    chosen_groups = frozenset((*(lock.default_groups or ()), *map(canonicalize_name, groups)))
    chosen_extras = frozenset(map(canonicalize_name, extras))
    choice = {**target.environment, "extras": chosen_extras, "dependency_groups": chosen_groups}
    needed = [package for package in lock.packages if not _is_project_itself(package) and _is_needed(package, choice)]

    problems = [*known, *_unknown_names(lock, chosen_groups, chosen_extras), *_environment_problems(lock, target)]
    problems += _repetitions(needed)
    for package in needed:
        problems += _package_problems(package, target)
    if not needed and not problems:
        problems.append(LockProblem(place="", reason="it has nothing to install for the target", kind="empty"))
    if problems:
        raise UnusableLock.of(source, str(target), problems)

    # The rest is needed unconditionally, as in a lock of ours.
    unconditional = [replace(package, marker=None, dependencies=None) for package in needed]
    return select_wheels(replace(lock, packages=unconditional), target)


def _is_needed(package: Package, choice: Mapping[str, object]) -> bool:
    return package.marker is None or package.marker.evaluate(cast("dict[str, str]", choice), context="lock_file")


def _is_project_itself(package: Package) -> bool:
    return package.directory is not None and package.directory.path.rstrip("/") in ("", ".")


def _unknown_names(lock: Pylock, groups: frozenset[str], extras: frozenset[str]) -> Iterator[LockProblem]:
    for kind, chosen, known in (
        ("group", groups, {*(lock.dependency_groups or ()), *(lock.default_groups or ())}),
        ("extra", extras, set(lock.extras or ())),
    ):
        for name in sorted(chosen - known):
            has = f"it has {', '.join(map(repr, sorted(known)))}" if known else "it has none"
            reason = f"the lock does not have this {kind}; {has}"
            yield LockProblem(place=f"{kind} {name!r}", reason=reason, kind="choice")


def _environment_problems(lock: Pylock, target: Target) -> Iterator[LockProblem]:
    python = target.python_full_version
    if lock.requires_python is not None and not lock.requires_python.contains(python):
        reason = f"the lock is for Python {lock.requires_python}; {target.runtime} may be as old as {python}"
        yield LockProblem(place="requires-python", reason=reason)
    environment = cast("dict[str, str]", target.environment)
    if lock.environments and not any(marker.evaluate(environment) for marker in lock.environments):
        offered = " or ".join(str(marker) for marker in lock.environments)
        yield LockProblem(place="environments", reason=f"the lock is only for {offered}")


def _repetitions(needed: Sequence[Package]) -> Iterator[LockProblem]:
    versions: dict[str, list[str]] = {}
    for package in needed:
        versions.setdefault(package.name, []).append(str(package.version))
    for name, found in versions.items():
        if len(found) > 1:
            yield LockProblem(place=name, reason=f"the target would need it twice, as {' and '.join(sorted(found))}")


def _package_problems(package: Package, target: Target) -> Iterator[LockProblem]:
    subject = _titled(package)
    if package.directory is not None:
        reason = f"it is the folder {package.directory.path!r}, and has no wheel"
        yield LockProblem(place=subject, reason=reason, kind="folder")
    elif _is_source_only(package):
        yield LockProblem(place=subject, reason=why_none_fits((), target), kind="source")
    yield from (LockProblem(place=subject, reason=reason) for reason in _misfits(package, target))


def _is_source_only(package: Package) -> bool:
    return (
        package.vcs is None and package.archive is None and not any(tags_of(w.filename) for w in package.wheels or ())
    )


def _misfits(package: Package, target: Target) -> Iterator[str]:
    python = target.python_full_version
    if package.requires_python is not None and not package.requires_python.contains(python):
        yield f"it needs Python {package.requires_python}; {target.runtime} may be as old as {python}"
    if package.vcs is not None:
        yield "it comes from a repository and would have to be built; publish a wheel and lock that"
    elif package.archive is not None:
        yield from _archive_problems(package.archive, target)
    elif package.directory is None and not _is_source_only(package):
        yield from _wheel_problems(package.wheels or (), target)


def _archive_problems(archive: PackageArchive, target: Target) -> Iterator[str]:
    filename = filename_of(archive.url or archive.path or "")
    if not filename.endswith(".whl"):
        yield f"it is locked to {filename!r}, which would have to be built; lock a wheel"
    elif not fits(filename, target):
        yield why_none_fits([filename], target)
    if not archive.url and filename.endswith(".whl"):
        yield _file_problem(archive.path)
    if "sha256" not in archive.hashes:
        yield f"{filename!r} is locked without a sha256"


def _wheel_problems(wheels: Sequence[PackageWheel], target: Target) -> Iterator[str]:
    best = next(create_compatible_tags_selector(target_tags(target))((w, tags_of(w.filename)) for w in wheels), None)
    if best is None:
        yield why_none_fits([wheel.filename for wheel in wheels], target)
        return
    if "sha256" not in best.hashes:
        yield f"{best.filename!r} is locked without a sha256"
    if not best.url and not is_store_key(best.path):
        yield _file_problem(best.path)


def _file_problem(path: str | None) -> str:
    return f"it is the file {path!r} beside the lock, which is missing or is not the locked one"


def _titled(package: Package) -> str:
    return f"{package.name} {package.version}" if package.version else package.name
