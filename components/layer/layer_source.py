"""LayerSource: what a layer or function is made of: requirements or a lock, and your own modules."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from builder_lambda.code.modules import PackedModule, pack_modules
from builder_lambda.contract.targets import Target
from builder_lambda.indexes.simple import listing_of_machine
from builder_lambda.locks.given import GivenLock, read_lock
from builder_lambda.requirements.files import read_requirements
from builder_lambda.requirements.local_wheels import LocalWheels
from builder_lambda.requirements.project_overrides import NO_OVERRIDES, ProjectOverrides
from builder_lambda.requirements.pyproject import read_project
from builder_lambda.requirements.requirements import Requirements, parse_requirements

from ..engine.collected_errors import CollectedErrors

_NO_REQUIREMENTS = Requirements()


@dataclass(frozen=True, kw_only=True)
class LayerSource:
    """Requirements or a lock, and modules."""

    requirements: Requirements = field(default_factory=lambda: _NO_REQUIREMENTS)
    """Requirements for the builder to resolve. Empty with a lock."""

    lock: Path | None = None
    """A lock that is used unchanged: ``pylock.toml``, ``uv.lock``, ``poetry.lock`` or ``Pipfile.lock``."""

    groups: Sequence[str] = ()
    extras: Sequence[str] = ()
    """Dependency groups and extras of the lock to add."""

    modules: tuple[PackedModule, ...] = ()
    """Your own modules and packages."""

    @classmethod
    def read(
        cls,
        requirements: "Sequence[str] | Path | Requirements | LayerSource | None",
        *,
        lock: Path | None = None,
        groups: Sequence[str] = (),
        extras: Sequence[str] = (),
        modules: Sequence[Path] = (),
        base: Path | None = None,
        overrides: ProjectOverrides = NO_OVERRIDES,
    ) -> "LayerSource":
        """Read requirements and modules. The lock is read for each target by :meth:`lock_for`.

        :param requirements: lines, a requirements file, or a project: its folder or ``pyproject.toml``. A
            ``LayerSource`` is returned unchanged.
        :param base: folder that paths in messages are relative to.
        :param overrides: settings that replace those of a project.
        :raises LayerError: with all problems of requirements and modules.
        """
        if isinstance(requirements, LayerSource):
            return requirements
        errors = CollectedErrors()
        wanted = errors.attempt(lambda: _requirements(requirements, groups, extras, base, overrides))
        packed = errors.attempt(lambda: pack_modules(modules))
        errors.raise_all()
        return cls(
            requirements=wanted or _NO_REQUIREMENTS,
            lock=lock,
            groups=tuple(groups),
            extras=tuple(extras),
            modules=packed or (),
        )

    def lock_for(self, target: Target) -> GivenLock | None:
        """Return the lock for a target; ``None`` without a given lock.

        :raises LayerError: if the lock cannot be read, or does not cover the target.
        """
        if self.lock is None:
            return None
        return read_lock(self.lock, target, groups=self.groups, extras=self.extras, listing=listing_of_machine)

    @property
    def has_packages(self) -> bool:
        """Whether there are packages to install."""
        return bool(self.requirements.requirements or self.lock)


def _requirements(
    given: Sequence[str] | Path | Requirements | None,
    groups: Sequence[str],
    extras: Sequence[str],
    base: Path | None,
    overrides: ProjectOverrides,
) -> Requirements:
    match given:
        case None:
            return _NO_REQUIREMENTS
        case Requirements():
            return given
        case Path() if given.is_dir() or given.name == "pyproject.toml":
            return read_project(given, groups=groups, extras=extras, overrides=overrides)
        case Path():
            return read_requirements(given, base=base)
        case str():
            return parse_requirements([given], local_wheels=LocalWheels(base or Path()))
        case _:
            return parse_requirements(list(given), local_wheels=LocalWheels(base or Path()))
