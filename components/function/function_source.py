"""FunctionSource: the input of a function, read and checked as a whole."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import get_args

from builder_lambda.code.folder import pack_code
from builder_lambda.code.handler import FunctionCode, check_handler
from builder_lambda.code.packed_code import PackedCode
from builder_lambda.contract.source_policy import allow_source_builds_of
from builder_lambda.contract.targets import Target
from builder_lambda.locks.given import GivenLock

from ..engine.collected_errors import CollectedErrors
from ..engine.invalid_arguments import InvalidFunction
from ..layer.layer_source import LayerSource
from .dependencies import Dependencies
from .python_function_args import PythonFunctionArgs


@dataclass(frozen=True, kw_only=True)
class FunctionSource:
    """What goes into the deployment package, and what into the layer of the dependencies."""

    target: Target
    code: PackedCode
    bundled: LayerSource
    """What is built with the code: your own modules, and bundled packages."""

    layered: LayerSource | None
    """What becomes the layer of the dependencies; ``None`` if there is no such layer."""

    lock: GivenLock | None
    """The given lock for the target, if its packages are bundled."""

    @classmethod
    def read(cls, name: str, args: PythonFunctionArgs) -> "FunctionSource":
        """Read code and requirements.

        :raises LayerError: with all problems of all arguments and files.
        """
        errors = CollectedErrors()
        target = errors.attempt(lambda: Target.parse(args.runtime, args.architecture))
        packed = errors.attempt(
            lambda: pack_code(args.code, include=args.include, exclude=args.exclude, inputs=args.input_files)
        )
        read = errors.attempt(lambda: _packages(args, target))
        source = read or LayerSource(lock=args.lock, groups=args.groups, extras=args.extras)
        errors.attempt(lambda: allow_source_builds_of(args.allow_source_builds))
        if problems := (*args.problems(), *_problems_of_packages(source, args)):
            errors.add(InvalidFunction(name=name, problems=problems))
        if target is not None and packed is not None:
            own = FunctionCode(
                files={**packed.files, **_of_modules(source)},
                python_version=target.python_version,
                has_more=read is None or read.has_packages or bool(args.layers),
                is_left_out=lambda path: (args.code / path).is_file(),
            )
            errors.attempt(lambda: check_handler(args.handler, own))
        is_bundled = args.dependencies == "bundle" or not source.has_packages
        lock = None if target is None else errors.attempt(lambda: source.lock_for(target))
        errors.raise_all()
        assert target is not None and packed is not None  # noqa: S101, PT018 - their errors were raised
        return cls(
            target=target,
            code=packed,
            bundled=source if is_bundled else LayerSource(modules=source.modules),
            layered=None if is_bundled else replace(source, modules=()),
            lock=lock if is_bundled else None,  # the layer reads it again
        )


def _packages(args: PythonFunctionArgs, target: Target | None) -> LayerSource:
    return LayerSource.read(
        args.requirements,
        lock=args.lock,
        groups=args.groups,
        extras=args.extras,
        modules=args.modules,
        overrides=args.builder.project_overrides([target] if target else [], exclude_newer=args.exclude_newer),
    )


def _of_modules(source: LayerSource) -> dict[str, bytes]:
    return {path: content for module in source.modules for path, content in module.code.files.items()}


def _problems_of_packages(source: LayerSource, args: PythonFunctionArgs) -> Iterator[str]:
    if source.requirements.requirements and source.lock:
        yield "dependencies come from requirements, or from a lock, not from both"
    if args.dependencies not in get_args(Dependencies):
        yield f"dependencies must be one of {', '.join(get_args(Dependencies))}, not {args.dependencies!r}"
    if args.dependencies == "layer" and source.has_packages and args.options.layout == "function":
        yield "options: the layout 'function' is for the deployment package of a PythonFunction, not for its layer"
