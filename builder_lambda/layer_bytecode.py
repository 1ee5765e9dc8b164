"""The bytecode of a layer's distributions: what was made before is taken from fragments, the rest is compiled.

Pure; the compiler is a port. Bytes of a file depend on the file, its place at run time and the interpreter's version.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from builder_lambda.bytecode import Source, bytecode_path
from builder_lambda.packed_entry import packed_entry

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder_lambda.archive_entry import ArchiveEntry
    from builder_lambda.bytecode import CompiledFile
    from builder_lambda.distribution import Distribution
    from builder_lambda.ports import Compiler
    from builder_lambda.targets import Target

_THREADS = 2
"""Compression leaves Python's lock alone. A build has two processors at most: Lambda gives more from 3,538 MB on."""

_BATCH_BYTES = 12_000_000
"""Sources after which what was compiled is packed before more is. A layer has up to 60 MB of them, and its bytecode is
as large again; where the portions end changes no byte."""


def add_bytecode(distributions: Sequence[Distribution], compiler: Compiler, target: Target, *, mounted_at: str) -> None:
    """Make sure that ``made`` or ``not_compiled`` of each distribution tells of every source that it has.

    :raises InvalidWheel: if a source is damaged.
    :raises InterpreterMissing: if nothing here compiles for the target.
    """
    tag = f"cpython-{target.python_version.replace('.', '')}"
    with ThreadPoolExecutor(_THREADS) as threads:  # packs what is compiled while the rest is being compiled
        packing: list[tuple[Distribution, Iterator[ArchiveEntry]]] = []
        for batch in _batches(distributions, tag):
            wanted = {each.owner: [Source(path, each.read(path)) for path in paths] for each, paths in batch}
            compiled = compiler.compile(wanted, python_version=target.python_version, mounted_at=mounted_at)
            for each, _ in batch:
                bytecode = compiled[each.owner]
                each.not_compiled |= {item.path: item.reason for item in bytecode.not_compiled}
                pack = partial(_packed, owner=each.owner)
                packing.append((each, threads.map(pack, bytecode.files)))
        for each, entries in packing:
            each.made |= {entry.path: entry for entry in entries}


def bytecode_of(distribution: Distribution, target: Target) -> dict[str, ArchiveEntry]:
    """Return the bytecode of the sources that a distribution has in the layer, by path."""
    tag = f"cpython-{target.python_version.replace('.', '')}"
    paths = [bytecode_path(path, tag) for path in distribution.sources()]
    return {path: distribution.made[path] for path in paths if path in distribution.made}


def _batches(distributions: Sequence[Distribution], tag: str) -> Iterator[list[tuple[Distribution, list[str]]]]:
    """Yield distributions with the sources that are still to be compiled, in portions that memory has room for."""
    batch: list[tuple[Distribution, list[str]]] = []
    size = 0
    for distribution in distributions:
        paths = [
            path
            for path in distribution.sources()
            if bytecode_path(path, tag) not in distribution.made and path not in distribution.not_compiled
        ]
        if not paths:
            continue
        batch.append((distribution, paths))
        size += sum(distribution.entries[path].size for path in paths)
        if size > _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _packed(file: CompiledFile, owner: str) -> ArchiveEntry:
    return packed_entry(file.path, file.content, owner=owner)
