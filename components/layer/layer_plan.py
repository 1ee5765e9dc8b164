"""LayerPlan: the input of a layer, read and checked as a whole."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Self

from builder_lambda.contract.source_policy import AllowSourceBuilds, allow_source_builds_of
from builder_lambda.contract.targets import Target
from builder_lambda.locks.given import GivenLock

from ..engine.collected_errors import CollectedErrors
from ..engine.invalid_arguments import InvalidLayer
from .layer_source import LayerSource
from .python_layer_args import PythonLayerArgs


@dataclass(frozen=True, kw_only=True)
class LayerPlan:
    """What is built, for which targets."""

    source: LayerSource
    locks: Mapping[Target, GivenLock | None]
    """The targets, each with its part of the given lock, if there is one."""

    allow_source_builds: AllowSourceBuilds

    @classmethod
    def read(cls, name: str, args: PythonLayerArgs) -> Self:
        """Read the input of a layer.

        :raises LayerError: with all problems of all arguments and files.
        """
        errors = CollectedErrors()
        parsed = [
            errors.attempt(partial(Target.parse, runtime, architecture))
            for runtime in args.all_runtimes
            for architecture in args.architectures
        ]
        targets = [target for target in parsed if target is not None]
        read = errors.attempt(
            lambda: LayerSource.read(
                args.requirements,
                lock=args.lock,
                groups=args.groups,
                extras=args.extras,
                modules=args.modules,
                overrides=args.builder.project_overrides(targets, exclude_newer=args.exclude_newer),
            )
        )
        source = read or LayerSource(lock=args.lock, groups=args.groups, extras=args.extras)
        allowed = errors.attempt(lambda: allow_source_builds_of(args.allow_source_builds))
        locks = {target: errors.attempt(partial(source.lock_for, target)) for target in targets}
        if problems := (*_source_problems(read), *args.problems()):
            errors.add(InvalidLayer(name=name, problems=problems))
        errors.raise_all()
        return cls(source=source, locks=locks, allow_source_builds=allowed or ())


def _source_problems(source: LayerSource | None) -> Iterator[str]:
    if source is None:  # it could not be read, which is reported already
        return
    has_requirements = bool(source.requirements.requirements)
    if has_requirements == bool(source.lock):
        both = ", not of both" if has_requirements else ""
        yield f"a layer is made of requirements, or of a lock{both}"
