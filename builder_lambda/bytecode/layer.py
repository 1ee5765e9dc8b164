"""Compiles the distributions of a layer while other wheels still arrive.

A source is compiled when its wheel arrives, unless a rule leaves it out. Sources that come back into the layer are
compiled at the end. Each thread takes one batch of sources at a time from the wheel to the packed entry, so that memory
holds a few batches and not all sources. The compiler is a port. The bytes of a file depend on the source, its path at
run time and the version of the interpreter.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from builder_lambda.archive.entry import ArchiveEntry
from builder_lambda.bytecode.compiler import batches, bytecode_path
from builder_lambda.ports.compiled import NotCompiled, Source
from builder_lambda.ports.reporter import SILENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from concurrent.futures import Future
    from types import TracebackType

    from builder_lambda.contract.targets import Target
    from builder_lambda.distributions.distribution import Distribution
    from builder_lambda.ports.compiled import Bytecode
    from builder_lambda.ports.ports import CompileBatch, Compiler
    from builder_lambda.ports.reporter import Reporter


class _Compiled(NamedTuple):
    entries: tuple[ArchiveEntry, ...]
    not_compiled: tuple[NotCompiled, ...]


class LayerBytecode:
    """Compiles the sources of one layer. At the end of its context, batches that were not begun are dropped."""

    def __init__(self, compiler: Compiler, target: Target, *, mounted_at: str, reporter: Reporter = SILENT) -> None:
        """Compile for ``target``, where the files are in the folder ``mounted_at``."""
        self._reporter = reporter
        self._compiler = compiler
        self._target = target
        self._mounted_at = mounted_at
        self._tag = _cache_tag(target)
        self._threads = ThreadPoolExecutor(compiler.jobs)
        self._at_end = ExitStack()
        self._begun: list[tuple[Distribution, list[str], Future[_Compiled]]] = []

    def __enter__(self) -> LayerBytecode:
        """Return this. Nothing is compiled yet."""
        return self

    def __exit__(self, _type: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        """Wait for running batches, and drop the others."""
        with self._at_end:
            self._threads.shutdown(cancel_futures=True)

    @cached_property
    def _compile_batch(self) -> CompileBatch:
        python_version = self._target.python_version
        compile_batch = self._at_end.enter_context(self._compiler.opened(python_version, mounted_at=self._mounted_at))

        def reporting(sources: Sequence[Source]) -> Bytecode:
            with self._reporter.counting(f"compiling for Python {python_version}", len(sources)):
                return compile_batch(sources)

        return reporting

    def begin(self, distribution: Distribution, paths: Iterable[str]) -> None:
        """Start to compile these sources of a distribution, except those with known bytecode."""
        wanted = {
            path: distribution.entries[path]
            for path in paths
            if bytecode_path(path, self._tag) not in distribution.made and path not in distribution.not_compiled
        }
        for batch in batches({path: entry.size for path, entry in wanted.items()}):
            # Keep the entries: slimming may remove some from the distribution before the batch is compiled.
            sources = [wanted[path] for path in batch]
            future = self._threads.submit(_compiled, self._compile_batch, distribution, sources)
            self._begun.append((distribution, batch, future))

    def finish(self, distributions: Iterable[Distribution]) -> None:
        """Compile the remaining sources. Every source is then in ``made`` or ``not_compiled`` of its distribution.

        :raises InvalidWheel: if a source is damaged.
        :raises InterpreterMissing: if there is no interpreter for the target here.
        """
        begun = {(id(distribution), path) for distribution, batch, _ in self._begun for path in batch}
        for distribution in distributions:
            self.begin(distribution, [path for path in distribution.sources() if (id(distribution), path) not in begun])
        for distribution, _, future in self._begun:
            compiled = future.result()
            distribution.made |= {entry.path: entry for entry in compiled.entries}
            distribution.not_compiled |= {item.path: item.reason for item in compiled.not_compiled}
        self._begun.clear()


def bytecode_of(distribution: Distribution, target: Target) -> dict[str, ArchiveEntry]:
    """Return the bytecode of the sources of a distribution, by path."""
    paths = [bytecode_path(path, _cache_tag(target)) for path in distribution.sources()]
    return {path: distribution.made[path] for path in paths if path in distribution.made}


def _compiled(compile_batch: CompileBatch, distribution: Distribution, sources: Sequence[ArchiveEntry]) -> _Compiled:
    compiled = compile_batch([Source(source.path, distribution.content_of(source)) for source in sources])
    entries = (ArchiveEntry.deflated(file.path, file.content, owner=distribution.owner) for file in compiled.files)
    return _Compiled(entries=tuple(entries), not_compiled=compiled.not_compiled)


def _cache_tag(target: Target) -> str:
    return f"cpython-{target.python_version.replace('.', '')}"
