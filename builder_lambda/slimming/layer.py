"""Applies a slimming plan to the distributions of a layer, and strips native libraries."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from builder_lambda.archive.entry import ArchiveEntry
from builder_lambda.contract.report import NOTHING, Size, SlimReport
from builder_lambda.slimming.elf import strip
from builder_lambda.slimming.plan import plan_slimming, rules_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder_lambda.contract.options import BuildOptions
    from builder_lambda.distributions.distribution import Distribution

_LIBRARY = re.compile(r"\.so(\.[0-9.]+)?\Z")
_SYMBOLS = "symbols of libraries"
_THREADS = 2


def slim_layer(distributions: Sequence[Distribution], options: BuildOptions) -> SlimReport:
    """Remove what the options leave out from all distributions together, and return a report of it.

    :raises InvalidSlimPattern: if a pattern cannot be read.
    :raises InvalidWheel: if a file that must be read is damaged.
    """
    if options.slim == "none" and not options.exclude:
        return SlimReport()
    holders = {path: distribution for distribution in distributions for path in distribution.entries}
    plan = plan_slimming(
        {path: holder.entries[path].size for path, holder in holders.items()},
        lambda path: holders[path].read(path),
        options,
    )
    sizes: dict[str, Size] = {}
    for file in plan.left_out:
        for distribution in distributions:  # a file in two distributions is removed from both
            entry = distribution.entries.pop(file.path, None)
            if entry is not None and distribution is holders[file.path]:
                sizes[file.rule] = sizes.get(file.rule, NOTHING) + Size.of([entry.sizes])
    if options.slim == "small":
        saved = _strip_libraries(distributions)
        if saved.files:
            sizes[_SYMBOLS] = saved
    return SlimReport(
        left_out=dict(sorted(sizes.items(), key=lambda item: (-item[1].unpacked_bytes, item[0]))),
        put_back=plan.put_back,
        missing=plan.missing,
    )


def sources_that_stay(distribution: Distribution, options: BuildOptions) -> list[str]:
    """Return the sources of a distribution that no rule leaves out.

    :raises InvalidSlimPattern: if a pattern cannot be read.
    """
    sources = distribution.sources()
    if options.slim == "none" and not options.exclude:
        return sources
    rules = rules_of(distribution.entries, options)
    return [path for path in sources if path not in rules]


def _strip_libraries(distributions: Sequence[Distribution]) -> Size:
    """Replace libraries by stripped ones where that saves enough, and return the saving."""
    libraries = [(each, path) for each in distributions for path in each.entries if _LIBRARY.search(path)]
    unknown = [(each, path) for each, path in libraries if path not in each.made and path not in each.unchanged]
    with ThreadPoolExecutor(_THREADS) as threads:
        for (distribution, path), stripped in zip(unknown, threads.map(_stripped, unknown), strict=True):
            if stripped is None:
                distribution.unchanged.add(path)
            else:
                distribution.made[path] = stripped
    saved = NOTHING
    for distribution, path in libraries:
        if path in distribution.made:
            before, after = Size.of([distribution.entries[path].sizes]), Size.of([distribution.made[path].sizes])
            distribution.entries[path] = distribution.made[path]
            saved += Size(
                files=1,
                size_bytes=before.size_bytes - after.size_bytes,
                unpacked_bytes=before.unpacked_bytes - after.unpacked_bytes,
            )
    return saved


def _stripped(library: tuple[Distribution, str]) -> ArchiveEntry | None:
    distribution, path = library
    found = strip(distribution.read(path))
    if found is None:
        return None
    entry = ArchiveEntry.deflated(path, found.content, owner=distribution.owner, mode=distribution.entries[path].mode)
    return entry if len(entry.packed) < len(distribution.entries[path].packed) else None
