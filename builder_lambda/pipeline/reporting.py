"""The report of a finished archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder_lambda.archive.archive import MAX_UNPACKED_BYTES
from builder_lambda.contract.report import Report, Size
from builder_lambda.contract.request import PackageSize
from builder_lambda.distributions.module_entries import FUNCTION_CODE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from builder_lambda.archive.archive import Archive
    from builder_lambda.archive.entry import ArchiveEntry
    from builder_lambda.contract.locked_wheel import LockedWheel
    from builder_lambda.contract.report import BytecodeReport, SlimReport
    from builder_lambda.contract.request import ModuleSource
    from builder_lambda.pipeline.runtime_provided import RuntimeProvided


def package_sizes(owned: Mapping[str, Size], wheels: Sequence[LockedWheel]) -> dict[str, PackageSize]:
    """Return the size of each package in an archive, by name. A file of two packages counts for the first.

    :param owned: see :func:`sizes_by_owner`.
    """
    sizes = {wheel.name: (wheel.version, owned.get(f"{wheel.name} {wheel.version}")) for wheel in wheels}
    return {
        name: PackageSize(version=version, size_bytes=size.size_bytes, unpacked_bytes=size.unpacked_bytes)
        for name, (version, size) in sizes.items()
        if size is not None
    }


def layer_report(
    archive: Archive,
    owned: Mapping[str, Size],
    modules: Sequence[ModuleSource],
    slimmed: SlimReport,
    bytecode: BytecodeReport,
    provided: RuntimeProvided,
) -> Report:
    """Return the report of an archive.

    :param owned: see :func:`sizes_by_owner`.
    """
    names = [*(module.name for module in modules), FUNCTION_CODE]
    kept = tuple(
        f"{name} stays because {by} requires it, although the runtime includes it" for name, by in provided.kept_for
    )
    return Report(
        limit_share=round(archive.unpacked_bytes / MAX_UNPACKED_BYTES, 6),
        bytecode=bytecode,
        slim=slimmed,
        runtime_provided=provided.left_out,
        modules={name: owned[name] for name in names if name in owned},
        notes=(*kept, *archive.notes),
    )


def sizes_by_owner(archive: Archive) -> dict[str, Size]:
    """Return the size of what each distribution has in an archive, by ``name version``."""
    owned: dict[str, list[ArchiveEntry]] = {}
    for entry in archive.entries:
        owned.setdefault(entry.owner, []).append(entry)
    return {owner: Size.of(entry.sizes for entry in entries) for owner, entries in owned.items()}
