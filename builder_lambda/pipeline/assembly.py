"""Merges distributions into the archive of a layer, with bytecode if it is wanted and fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder_lambda.archive.archive import Archive
from builder_lambda.bytecode.layer import bytecode_of
from builder_lambda.contract.report import BytecodeReport, Size
from builder_lambda.errors.archives import LayerTooLarge, TooManyFiles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder_lambda.bytecode.layer import LayerBytecode
    from builder_lambda.contract.options import BuildOptions
    from builder_lambda.contract.targets import Target
    from builder_lambda.distributions.distribution import Distribution


def assemble(
    distributions: Sequence[Distribution],
    compiling: LayerBytecode,
    options: BuildOptions,
    target: Target,
    python_version: str | None,
) -> tuple[Archive, BytecodeReport]:
    """Return the archive, and a report about its bytecode.

    An archive has bytecode for all modules or for none, so that all modules load equally fast.

    :param compiling: compiles the distributions, and is finished here if bytecode is wanted.
    :param python_version: of the compiler, or ``None`` if no bytecode is wanted.
    :raises ConflictingFiles: if two distributions have different files at one path.
    :raises LayerTooLarge: if the layer is too large without bytecode.
    :raises InterpreterMissing: if bytecode is wanted, and nothing here compiles for the target.
    """
    prefix = options.prefix(target)
    plain = Archive.merge((each.finished({}) for each in distributions), prefix=prefix)
    if not options.bytecode:
        return plain, BytecodeReport(included=False, left_out_because="the options leave it out")

    compiling.finish(distributions)
    compiled = [bytecode_of(each, target) for each in distributions]
    not_compiled = {
        path: reason for each in distributions for path, reason in each.not_compiled.items() if path in each.entries
    }
    try:
        archive = Archive.merge(
            (each.finished(files) for each, files in zip(distributions, compiled, strict=True)), prefix=prefix
        )
    except LayerTooLarge as error:
        reason = (
            f"the {error.subject} would unpack to {error.unpacked_bytes:,} bytes with it; Lambda allows {error.limit:,}"
        )
    except TooManyFiles as error:
        reason = f"the {error.subject} would have {error.files:,} files with it; its archive can hold {error.limit:,}"
    else:
        return archive, BytecodeReport(
            included=True,
            python_version=python_version,
            size=Size.of(entry.sizes for files in compiled for entry in files.values()),
            not_compiled=dict(sorted(not_compiled.items())),
        )
    return plain, BytecodeReport(included=False, left_out_because=reason)
