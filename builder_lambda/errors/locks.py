"""Errors of locks: those of the archive store, and lock files that a user gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from builder_lambda.errors.base import LayerError
from builder_lambda.errors.problem import Problem, ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class InvalidLock(LayerError, code="invalid-lock"):
    """A lock cannot be read, or was not made for the target."""

    summary = "the lock cannot be used"
    explained_by = ("reason",)
    cause = "it was edited by hand, made by a newer version, or made for another target"
    remedy = "make the lock again from the requirements, for the target"

    reason: str


class LockMissing(LayerError, code="lock-missing"):
    """The archive store does not have the lock to build."""

    summary = "the archive store has no lock {lock_sha256}"
    cause = "the archive bucket was emptied or replaced since the requirements were resolved"
    remedy = "resolve the requirements again, which stores the lock, then build"

    lock_sha256: str


class LockAltered(LayerError, code="lock-altered"):
    """A stored lock is not the one that its name says."""

    summary = "the lock at {place} is not the one that was stored there"
    cause = "it was overwritten in the archive store"
    remedy = "find out who may write to the archive store; delete that file, and resolve the requirements again"

    lock_sha256: str
    place: str
    """Where the lock is: a path, or an address in S3."""


ProblemKind = Literal["coverage", "form", "choice", "folder", "source", "empty"]


"""What a reason is about: the target, the file, groups and extras, folders, source only, nothing to install."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LockProblem(Problem):
    """One reason why a lock cannot be used. Its place is a package as ``name version``, or a part of the lock."""

    kind: ProblemKind = "coverage"


class UnusableLock(ProblemsError, code="unusable-lock"):
    """A given lock cannot be used for the target. Lists every reason."""

    kind: ClassVar[ProblemKind] = "coverage"
    """Of the reasons, where all are of one kind."""

    records: ClassVar[Mapping[str, type]] = {"problems": LockProblem}

    cause = "it was made for other Pythons or machines, or pins what must be built"
    remedy = "lock again with its tool, so that it covers the target with wheels that have a sha256"

    source: str
    """File name of the lock."""

    target: str
    """The target, such as ``python3.13-x86_64``."""

    problems: tuple[LockProblem, ...]

    def __post_init__(self) -> None:
        """Give the advice for each kind of the reasons."""
        kinds = [_class_for(kind) for kind in dict.fromkeys(problem.kind for problem in self.problems)]
        if kinds:
            causes, remedies = [kind.cause for kind in kinds], [kind._advice(self) for kind in kinds]
            # In the instance: the class attributes are those of reasons that are all of its kind.
            vars(self).update(cause="; or ".join(causes), remedy="; ".join(remedies))

    @classmethod
    def of(cls, source: str, target: str, problems: Iterable[LockProblem]) -> UnusableLock:
        """Return the error of the kind of these problems, or this class if they are of several kinds."""
        found = tuple(problems)
        kinds = {problem.kind for problem in found}
        kind = _class_for(kinds.pop()) if len(kinds) == 1 else UnusableLock
        return kind(source=source, target=target, problems=found)

    @classmethod
    def _advice(cls, _error: UnusableLock) -> str:
        """Return what to do about the reasons of this kind among those of an error."""
        return cls.remedy

    def _what(self) -> str:
        return f"{self.source!r} cannot be used for {self.target}"


class UnreadableLockFile(UnusableLock, code="unreadable-lock"):
    """There is no lock at the path, or it cannot be read."""

    kind = "form"
    cause = "the path is not that of a lock, or the file is damaged, not written by its tool, or of another version"
    remedy = (
        "give the path of a lock as its tool wrote it: pylock.toml, pylock.<name>.toml, uv.lock, poetry.lock or"
        " Pipfile.lock; if it is damaged, have the tool write it again"
    )


class InvalidLockChoice(UnusableLock, code="invalid-lock-choice"):
    """The chosen groups or extras are not in the lock, or exclude each other or this Python."""

    kind = "choice"
    cause = "a group or extra is misspelled, is new since the project was locked, or is not meant for this choice"
    remedy = "choose groups and extras that the lock has and that go together; after a change of the project lock again"


class LockWithoutWheels(UnusableLock, code="lock-without-wheels"):
    """The lock has packages that were published without any wheel."""

    kind = "source"
    cause = "their authors publish source only; locking again gives the same"
    remedy = (
        "build from the requirements in place of the lock (-r or -p), which can be given --allow-source-build NAME"
        " (allow_source_builds in a program); or lock a version or another package that has wheels"
    )


class LockedFolder(UnusableLock, code="locked-folder"):
    """The lock has packages that are folders beside it, such as other members of a workspace."""

    kind = "folder"
    cause = "the project depends on code beside it, of which there is no wheel"
    remedy = "lock a wheel of the folder, by its path"

    @classmethod
    def _advice(cls, error: UnusableLock) -> str:
        names = sorted({problem.place.split()[0] for problem in error.problems if problem.kind == cls.kind})
        if error.source == "uv.lock":
            left_out = " ".join(f"--no-emit-package {name}" for name in names)
            return (
                f"give a lock without the folders, and add their code as modules: `uv export --frozen {left_out}"
                " --no-emit-project --no-default-groups --format pylock.toml -o pylock.layer.toml`, with the --group"
                " and --extra that you need"
            )
        if error.source == "poetry.lock":
            return (
                "build a wheel of each folder (`poetry build`), and lock that in its place: `poetry remove NAME`,"
                " then `poetry add PATH_OF_THE_WHEEL`"
            )
        if error.source == "Pipfile.lock":
            return (
                "build a wheel of each folder, and name it in the Pipfile in its place: `NAME = {path ="
                ' "PATH_OF_THE_WHEEL"}`; then `pipenv lock`'
            )
        return (
            "export the lock without the folders (uv export --no-emit-package NAME), and add their code as modules;"
            f" or {cls.remedy}"
        )


class NothingLocked(UnusableLock, code="nothing-locked"):
    """The lock has nothing to install for the target."""

    kind = "empty"
    cause = "the project has no dependencies, or only in groups and extras that are not chosen, or for other systems"
    remedy = "choose the groups or extras that the layer needs, or give no lock if it needs no package"


def _class_for(kind: ProblemKind) -> type[UnusableLock]:
    return next((found for found in UnusableLock.__subclasses__() if found.kind == kind), UnusableLock)
